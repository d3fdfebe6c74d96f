/**
 * The error table: what each kind of failure means for the reader of a stale answer and for the next attempt. A pure
 * table, so that the rows can be read and tested one by one; `step-failure.ts` applies it.
 */
import type { StaleReason } from "../../core/time/freshness.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { SyncErrorKind } from "../port/sync-error.ts";

/** A row. */
export interface FailureRow {
  /** What the freshness of an answer names as the reason; undefined: no trouble of the source. */
  readonly reason: StaleReason | undefined;
  /**
   * How the first failure of a trouble is answered: "at-once" because the adapter has mended the cause (token, CA)
   * or another request will; "spread" because a whole fleet saw the same disconnect; "backoff" otherwise.
   */
  readonly first: "at-once" | "spread" | "backoff";
  /** Shortest delay whatever the backoff says, in milliseconds. */
  readonly minDelayMs: number;
  /** What a broken watch is followed by. */
  readonly next: "watch" | "list-last" | "list-any";
}

const row = (
  reason: StaleReason | undefined,
  first: FailureRow["first"],
  next: FailureRow["next"] = "watch",
  minDelayMs = 0,
): FailureRow => ({ reason, first, next, minDelayMs });

/** The rows. */
export const FAILURE_TABLE: Readonly<Record<SyncErrorKind, FailureRow>> = {
  expired: row(undefined, "at-once", "list-last"),
  "version-too-large": row("SOURCE_ERROR", "backoff", "list-any", SYNC_PARAMETERS.laggingServerMs),
  throttled: row("THROTTLED", "backoff"),
  server: row("SOURCE_ERROR", "backoff"),
  unauthorized: row("UNAUTHORIZED", "at-once"),
  forbidden: row("FORBIDDEN", "backoff"),
  tls: row("UNREACHABLE", "at-once"),
  unreachable: row("UNREACHABLE", "spread"),
  reset: row("UNREACHABLE", "spread"),
  "dead-connection": row("DEAD_CONNECTION", "spread"),
  timeout: row("UNREACHABLE", "spread"),
  "watch-list-unsupported": row("CONFIGURATION", "backoff"),
  malformed: row("SOURCE_ERROR", "backoff", "list-any"),
  configuration: row("CONFIGURATION", "backoff"),
};
