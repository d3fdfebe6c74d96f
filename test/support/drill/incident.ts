/**
 * One incident of the drill, and what an operator can find. `play` waits for a log line; the other facts are compared with the
 * row in docs/operations.md.
 */
import type { Scrape } from "./metrics-text.ts";
import type { Stage } from "./stage.ts";

/** One incident. */
export interface Incident {
  /** The first cell of its row. */
  readonly title: string;
  readonly play: (stage: Stage) => Promise<Played>;
  /** A metric: its name, and a text in its labels. */
  readonly metric: readonly [name: string, label?: string];
  /** The alerts that fire `atMinutes` after its start, and no others. */
  readonly alerts: readonly string[];
  readonly atMinutes: number;
  /** The finding of `podkey check`, and its exit code. */
  readonly check: { readonly line: RegExp; readonly code: number };
  /** The user of the podkey process, if it matters; needs root. */
  readonly uid?: number;
  /** Whether the termination message has it too. */
  readonly termination?: true;
}

/** The observed facts. */
export interface Played {
  /** /metrics before the incident; undefined if podkey did not run. */
  readonly before: Scrape | undefined;
  readonly during: Scrape;
  /** The log line with its important fields, or the text on stderr. */
  readonly log: Readonly<Record<string, unknown>> | string;
  readonly fields: readonly string[];
}
