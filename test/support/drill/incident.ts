/**
 * One incident of the drill: how it comes about, and what an operator finds. `play` waits for the log line, never for
 * time; the rest is compared with docs/operations.md row by row.
 */
import type { Scrape } from "./metrics-text.ts";
import type { Stage } from "./stage.ts";

/** See the file comment. */
export interface Incident {
  /** First cell of its row. */
  readonly title: string;
  readonly play: (stage: Stage) => Promise<Played>;
  /** The metric to look at: its name, and a text that its labels hold. */
  readonly metric: readonly [name: string, label?: string];
  /** Alerts that are firing `atMinutes` into it, and no others. */
  readonly alerts: readonly string[];
  readonly atMinutes: number;
  /** The line of `podkey check` that tells of it, and its exit code. */
  readonly check: { readonly line: RegExp; readonly code: number };
  /** User that podkey runs as, where it matters; only root can choose. */
  readonly uid?: number;
  /** Whether the kubelet is told too, in /dev/termination-log. */
  readonly termination?: true;
}

/** What was found. */
export interface Played {
  /** /metrics in good health; undefined if there was none before. */
  readonly before: Scrape | undefined;
  readonly during: Scrape;
  /** The line of the log that tells, and the fields of it that matter; or what stands on stderr. */
  readonly log: Readonly<Record<string, unknown>> | string;
  readonly fields: readonly string[];
}
