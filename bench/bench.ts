/**
 * A benchmark: a name, a question, and rounds that measure podkey and its reference in turn, so that a figure is always a
 * ratio of two numbers from the same minute on the same machine. Run by run.ts.
 */

/** podkey, or the reference that it is compared with. */
export type Side = "podkey" | "reference";

/** One number of one round. */
export interface Sample {
  /** What is measured, for example `get-1k-32`. */
  readonly figure: string;
  /** The program that was measured; `go` is the Go sidecar, which has no budget and is only shown. */
  readonly of: Side | "go";
  readonly value: number;
}

/** A figure that a benchmark reports. */
export interface Figure {
  readonly name: string;
  /** The row title in the table. */
  readonly title: string;
  readonly unit: string;
  /** The budget, as a bound on podkey / reference (or on podkey alone where `reference` is empty). */
  readonly must: Bound;
  readonly aim: Bound;
  /** The name of the reference; empty for an absolute figure. */
  readonly reference: string;
}

/** A bound on a ratio: a least value for throughput, a most value for time and memory. */
export interface Bound {
  readonly at: "least" | "most";
  readonly value: number;
}

/** One benchmark. */
export interface Bench {
  readonly name: string;
  /** The question it answers, in one line. */
  readonly question: string;
  readonly figures: readonly Figure[];
  /** Default number of rounds. */
  readonly rounds: number;
  /** Sets up once, then yields the samples of one round after the other; tears down in `finally`. */
  run(rounds: number): AsyncGenerator<readonly Sample[], void, undefined>;
}

/** An upper bound. */
export function most(value: number): Bound {
  return { at: "most", value };
}

/** A lower bound. */
export function least(value: number): Bound {
  return { at: "least", value };
}

/** Both sides, in an order that rotates with the round, so that neither always runs on the warmer machine. */
export function inTurn(round: number): readonly Side[] {
  return rotated(["podkey", "reference"], round);
}

/** See `inTurn`, for any number of parties. */
export function rotated<Party>(parties: readonly Party[], round: number): readonly Party[] {
  const first = round % parties.length;
  return [...parties.slice(first), ...parties.slice(0, first)];
}
