/** Runs one benchmark to its end, with progress, and returns its record. Used by `run.ts` and `gate.ts`. */
import type { Bench, Sample } from "./bench.ts";
import { cpuTicks, machine, stealShare } from "./machine.ts";
import { Progress } from "./progress.ts";
import type { RunRecord } from "./result.ts";
import { resultOf } from "./result.ts";

/** Measures this many rounds. */
export async function measure(bench: Bench, rounds: number): Promise<RunRecord> {
  process.stdout.write(`${bench.name}: ${bench.question}\n`);
  const setting = machine();
  const before = cpuTicks();
  const progress = new Progress(bench.name, rounds);
  const samples: Sample[] = [];
  let round = 0;
  for await (const more of bench.run(rounds)) {
    samples.push(...more);
    round += 1;
    progress.round(round);
  }
  const results = bench.figures.map((figure) => resultOf(figure, samples));
  return { bench: bench.name, machine: setting, steal: stealShare(before, cpuTicks()), rounds, results };
}
