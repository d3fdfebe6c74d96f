/** Decides whether the gate can give a verdict, and what a regression is. Pure. */
import type { Result, RunRecord } from "./result.ts";
import { holds } from "./result.ts";

/** The fraction by which a ratio may be worse than the recorded one. */
const SLACK = 0.2;
/** Most CPU time that the host may steal. */
const STEAL_LIMIT = 0.1;
/** Most load per core before the run. */
const LOAD_LIMIT = 0.7;
/** Largest distance between the median of the rounds and their extremes; beyond it, a median of five is not reliable. */
const SPREAD_LIMIT = 1;

/** The reason why this run allows no verdict; undefined if it allows one. */
export function whyNoVerdict({
  steal,
  machine,
  results,
}: Pick<RunRecord, "steal" | "machine" | "results">): string | undefined {
  if (steal !== undefined && steal > STEAL_LIMIT)
    return `the host took ${(steal * 100).toFixed(0)} % of the CPU time away; run it on a quieter machine.`;
  if (machine.loadPerCore > LOAD_LIMIT)
    return `the machine was busy before (load ${String(machine.loadPerCore)} a core); run it when nothing else does.`;
  const wild = results.find((result) => result.must.value > 0 && spread(result) > SPREAD_LIMIT);
  return wild === undefined ? undefined : `the rounds of "${wild.title}" are too far apart.`;
}

/** Titles of the figures that miss their budget, or are worse than the recorded run by more than the slack. */
export function regressionsOf(record: RunRecord, known: RunRecord | undefined): readonly string[] {
  return record.results
    .filter((result) => result.must.value > 0)
    .filter((result) => {
      const before = known?.results.find(({ name }) => name === result.name);
      return !holds(result.must, result.measured) || (before !== undefined && isWorse(result, before));
    })
    .map(({ title }) => title);
}

function isWorse(now: Result, before: Result): boolean {
  const ratio = now.measured / before.measured;
  return now.must.at === "least" ? ratio < 1 - SLACK : ratio > 1 + SLACK;
}

function spread({ rounds, measured }: Result): number {
  return (Math.max(...rounds) - Math.min(...rounds)) / measured;
}
