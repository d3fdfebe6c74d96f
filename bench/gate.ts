/**
 * `npm run bench:gate`: a short run of the figures that a change breaks most easily, compared with bench/results, with
 * slack. Exit 0: no regression. Exit 1: a figure misses its budget, or is worse than before by more than the slack, in a
 * second run too. Exit 3: no verdict, because the machine was too busy.
 */
import { regressionsOf, whyNoVerdict } from "./gate-rules.ts";
import { machine } from "./machine.ts";
import { measure } from "./measure.ts";
import { BENCHES } from "./registry.ts";
import { readRecord, RESULTS } from "./result.ts";

/** Short benchmarks without an API server. */
const GATED: readonly string[] = ["reads", "fan-out", "shutdown"];
/** A median needs at least this many. */
const ROUNDS = 5;
const NO_VERDICT = 3;

process.exitCode = await main();

async function main(): Promise<number> {
  const before = whyNoVerdict({ steal: undefined, machine: machine(), results: [] });
  if (before !== undefined) return noVerdict(before);
  for (const bench of BENCHES.filter(({ name }) => GATED.includes(name))) {
    const known = await readRecord(RESULTS, bench.name);
    let worse: readonly string[] | undefined;
    // A regression appears twice; a disturbance by another program seldom does.
    for (let run = 0; run < 2 && worse?.length !== 0; run += 1) {
      const record = await measure(bench, ROUNDS);
      const reason = whyNoVerdict(record);
      if (reason !== undefined) return noVerdict(reason);
      const found = regressionsOf(record, known);
      worse = worse === undefined ? found : found.filter((title) => worse?.includes(title));
    }
    for (const title of worse ?? []) process.stdout.write(`REGRESSION: ${title}\n`);
    if (worse !== undefined && worse.length > 0) return 1;
  }
  process.stdout.write("No regression.\n");
  return 0;
}

function noVerdict(reason: string): number {
  process.stdout.write(`No verdict: ${reason}\n`);
  return NO_VERDICT;
}
