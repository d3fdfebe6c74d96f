/**
 * Turns samples into results: medians of rounds, ratios of the same round, verdicts against the budget, and the file that
 * compare.ts, gate.ts and docs.ts read.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bound, Figure, Sample } from "./bench.ts";
import type { Machine } from "./machine.ts";
import { median } from "./median.ts";

/** The folder of the results. */
export const RESULTS = join(import.meta.dirname, "results");

/** A figure with its result. */
export interface Result extends Figure {
  /** Median of podkey's rounds. */
  readonly podkey: number;
  /** Median of the reference's rounds; undefined where there is none. */
  readonly other: number | undefined;
  /** Median of the Go sidecar's rounds; undefined where it was not measured. */
  readonly go?: number;
  /** The bounded value: the median of podkey / reference of each round, or podkey alone. */
  readonly measured: number;
  /** The bounded value of each round, in order. */
  readonly rounds: readonly number[];
}

/** One run of a benchmark. */
export interface RunRecord {
  readonly bench: string;
  readonly machine: Machine;
  /** Share of CPU time (0 to 1) that the host gave to others meanwhile. */
  readonly steal: number | undefined;
  readonly rounds: number;
  readonly results: readonly Result[];
}

/** The result of one figure. */
export function resultOf(figure: Figure, samples: readonly Sample[]): Result {
  const of = (who: Sample["of"]): readonly number[] =>
    samples.filter((one) => one.figure === figure.name && one.of === who).map((one) => one.value);
  const mine = of("podkey");
  const podkey = median(mine);
  const go = of("go").length > 0 ? { go: median(of("go")) } : {};
  if (figure.reference === "")
    return { ...figure, podkey, other: undefined, ...go, measured: podkey, rounds: mine };
  const others = of("reference");
  // The two numbers of a round are of the same minute, so their ratio does not depend on the load in other minutes.
  const rounds = mine.map((value, round) => value / (others[round] ?? NaN));
  return { ...figure, podkey, other: median(others), ...go, measured: median(rounds), rounds };
}

/** Whether a bound holds; a bound of 0 always holds: the figure is only shown. */
export function holds(bound: Bound, measured: number): boolean {
  if (bound.value === 0) return true;
  return bound.at === "least" ? measured >= bound.value : measured <= bound.value;
}

/** Writes bench/results/NAME.json. */
export async function writeRecord(record: RunRecord): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(join(RESULTS, `${record.bench}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Reads FOLDER/NAME.json; undefined if it does not exist. */
export async function readRecord(folder: string, bench: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, `${bench}.json`), "utf8")) as RunRecord;
  } catch {
    return undefined;
  }
}
