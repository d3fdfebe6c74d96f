/**
 * `npm run bench [NAME…] [-- --rounds N]`: runs benchmarks, shows progress and a table of ratios against budget, writes
 * bench/results/NAME.json. Exit 1 where a "must" does not hold, 2 for an unknown name.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import type { Bench, Bound, Figure, Sample } from "./bench.ts";
import { cpuTicks, machine, stealShare } from "./machine.ts";
import { median } from "./median.ts";
import { reads } from "./reads.ts";

const BENCHES: readonly Bench[] = [reads];

/** A figure with its result. */
interface Result extends Figure {
  readonly podkey: number;
  readonly other: number | undefined;
  /** What the bounds are about: podkey / reference, or podkey alone. */
  readonly measured: number;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string" } },
  });
  const chosen =
    positionals.length === 0 ? BENCHES : BENCHES.filter((bench) => positionals.includes(bench.name));
  if (chosen.length === 0) {
    say(`No such benchmark; there are: ${BENCHES.map((bench) => bench.name).join(", ")}.`);
    return 2;
  }
  let allHold = true;
  for (const bench of chosen)
    allHold = (await measure(bench, Number(values.rounds ?? bench.rounds))) && allHold;
  return allHold ? 0 : 1;
}

async function measure(bench: Bench, rounds: number): Promise<boolean> {
  say(`${bench.name}: ${bench.question}`);
  const before = cpuTicks();
  const samples: Sample[] = [];
  let round = 0;
  for await (const more of bench.run(rounds)) {
    samples.push(...more);
    round += 1;
    say(`  round ${round} of ${rounds}`);
  }
  const steal = stealShare(before, cpuTicks());
  const results = bench.figures.map((figure) => resultOf(figure, samples));
  say(tableOf(results));
  const folder = join(import.meta.dirname, "results");
  await mkdir(folder, { recursive: true });
  const record = { bench: bench.name, machine: machine(), steal, rounds, results };
  await writeFile(join(folder, `${bench.name}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
  return results.every((result) => holds(result.must, result.measured));
}

function resultOf(figure: Figure, samples: readonly Sample[]): Result {
  const of = (who: Sample["of"]): number =>
    median(samples.filter((one) => one.figure === figure.name && one.of === who).map((one) => one.value));
  const podkey = of("podkey");
  if (figure.reference === "") return { ...figure, podkey, other: undefined, measured: podkey };
  const other = of("reference");
  return { ...figure, podkey, other, measured: podkey / other };
}

/** A bound of 0 is no bound: the figure is only shown. */
function holds(bound: Bound, measured: number): boolean {
  if (bound.value === 0) return true;
  return bound.at === "least" ? measured >= bound.value : measured <= bound.value;
}

function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: ["figure", "podkey", "reference", "ratio", "must", "aim"],
    style: { head: [], border: [] },
  });
  for (const one of results)
    table.push([
      `${one.title} (${one.unit})`,
      number(one.podkey),
      one.other === undefined ? "" : number(one.other),
      number(one.measured),
      verdict(one.must, one.measured),
      verdict(one.aim, one.measured),
    ]);
  return table.toString();
}

function verdict(bound: Bound, measured: number): string {
  if (bound.value === 0) return "";
  return `${holds(bound, measured) ? "ok" : "NO"} ${bound.at === "least" ? ">=" : "<="} ${String(bound.value)}`;
}

function number(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
