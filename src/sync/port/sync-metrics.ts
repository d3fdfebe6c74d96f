/**
 * What the reflectors count. `observe/source-metrics.ts` implements it; the names in the comments are those of
 * docs/metrics.md.
 */
import type { StaleReason } from "../../core/time/freshness.ts";
import type { ResetCause, ScopeId } from "../../core/snapshot/sync-event.ts";
import type { SyncErrorKind } from "./sync-error.ts";

/** State of a scope in `podkey_source_state`. */
export type SourceState = "starting" | "syncing" | "live" | "stale";

/** Why a watch was opened again; the label of `podkey_watch_restarts_total` (hyphens become underscores). */
export type WatchRestart = "end" | "short_watch" | "silent" | "overdue" | "going_away" | SyncErrorKind;

/** Counters and gauges. */
export interface SyncMetrics {
  /** `podkey_source_state{state,reason}`; called when either changes. `reason` is set exactly in state stale. */
  sourceState(scope: ScopeId, state: SourceState, reason: StaleReason | undefined): void;
  /** `podkey_relists_total{reason}`: a complete list was applied. */
  relist(reason: ResetCause): void;
  /** `podkey_watch_restarts_total{reason}`. */
  watchRestart(reason: WatchRestart): void;
  /** `podkey_divergence_total`: names and versions differed from ours and the watch did not deliver the difference. */
  divergence(): void;
  /** `podkey_backoff_seconds`: the delay before the next attempt of a scope; 0 when there is none. */
  backoff(scope: ScopeId, seconds: number): void;
  /** `podkey_kube_retries_total{reason}`: an attempt failed and is retried. */
  retry(reason: SyncErrorKind): void;
}
