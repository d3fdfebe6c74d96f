/**
 * What the reflectors count, as a small interface that telemetry implements; names in the comments are those of
 * contract section 6. Called by the driver only, never by the pure step.
 */
import type { StaleReason } from "../../core/time/freshness.ts";
import type { ResetCause, ScopeId } from "../../core/snapshot/sync-event.ts";
import type { SyncErrorKind } from "./sync-error.ts";

/** State of a scope as `podkey_source_state` shows it. */
export type SourceState = "starting" | "syncing" | "live" | "stale";

/** Why a watch was opened anew; the label of `podkey_watch_restarts_total` (hyphens become underscores). */
export type WatchRestart = "end" | "short_watch" | "silent" | "overdue" | "going_away" | SyncErrorKind;

/** The counters and gauges of `sync`. */
export interface SyncMetrics {
  /** `podkey_source_state{state,reason}`; called when either changes. `reason` is set exactly in state stale. */
  sourceState(scope: ScopeId, state: SourceState, reason: StaleReason | undefined): void;
  /** `podkey_relists_total{reason}`: a complete list was applied. */
  relist(reason: ResetCause): void;
  /** `podkey_watch_restarts_total{reason}`. */
  watchRestart(reason: WatchRestart): void;
  /** `podkey_divergence_total`: names and versions differed from ours and the watch did not bring the difference. */
  divergence(): void;
  /** `podkey_backoff_seconds`: the delay that a scope waits now; 0 when it goes on. */
  backoff(scope: ScopeId, seconds: number): void;
  /** `podkey_kube_retries_total{reason}`: an attempt failed and is tried again. */
  retry(reason: SyncErrorKind): void;
}
