/**
 * What a benchmark is: a name, a question, and rounds of measurements of podkey and of its reference taken in turn, so
 * that a figure is always a ratio of two numbers from the same minute of the same machine. `run.ts` drives them.
 */

/** podkey, and what it is compared with. */
export type Side = "podkey" | "reference";

/** One number of one round. */
export interface Sample {
  /** What is measured, for example `get-1k-32`. */
  readonly figure: string;
  /** Whose number it is; `go`: the Go sidecar, which has no budget and is only shown. */
  readonly of: Side | "go";
  readonly value: number;
}

/** A figure that a benchmark promises. */
export interface Figure {
  readonly name: string;
  /** What the number says, for the table. */
  readonly title: string;
  readonly unit: string;
  /** The budget, as a bound on podkey / reference (or on podkey alone where `reference` is empty). */
  readonly must: Bound;
  readonly aim: Bound;
  /** What it is compared with; empty: an absolute figure. */
  readonly reference: string;
}

/** A bound on a ratio: throughput has a least, time and memory a most. */
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
  /** Rounds when nobody says otherwise. */
  readonly rounds: number;
  /** Sets up once, then yields the samples of one round after the other; tears down in `finally`. */
  run(rounds: number): AsyncGenerator<readonly Sample[], void, undefined>;
}

/** `most` or `least` this much. */
export function most(value: number): Bound {
  return { at: "most", value };
}

/** See `most`. */
export function least(value: number): Bound {
  return { at: "least", value };
}

/** Both sides, in an order that turns from round to round: neither always runs on the warmer machine. */
export function inTurn(round: number): readonly Side[] {
  return rotated(["podkey", "reference"], round);
}

/** See `inTurn`, for any number of parties. */
export function rotated<Party>(parties: readonly Party[], round: number): readonly Party[] {
  const first = round % parties.length;
  return [...parties.slice(first), ...parties.slice(0, first)];
}
