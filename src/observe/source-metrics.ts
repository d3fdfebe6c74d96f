/**
 * The metrics of the source: implements src/source/kubernetes/transport/kube-metrics.ts and src/sync/port/sync-metrics.ts.
 */
import type { StaleReason } from "../core/time/freshness.ts";
import type { ScopeId } from "../core/snapshot/sync-event.ts";
import type { KubeMetrics } from "../source/kubernetes/transport/kube-metrics.ts";
import type { SourceState, SyncMetrics } from "../sync/port/sync-metrics.ts";
import type { Instruments } from "./metrics-registry.ts";

/** Creates the metrics of requests to the API server. */
export function kubeMetrics(instruments: Instruments): KubeMetrics {
  return {
    request: (verb, code) => instruments.podkey_kube_requests_total.inc({ verb, code }),
    requestDuration: (verb, seconds) =>
      instruments.podkey_kube_request_duration_seconds.observe({ verb }, seconds),
    throttled: (seconds) => instruments.podkey_kube_throttled_seconds_total.inc(seconds),
    retry: (reason) => instruments.podkey_kube_retries_total.inc({ reason }),
    listPage: () => instruments.podkey_kube_list_pages_total.inc(),
    pingTimeout: () => instruments.podkey_ping_timeouts_total.inc(),
    event: (type) => instruments.podkey_kube_events_total.inc({ type }),
  };
}

/** Creates the metrics of the reflectors. */
export function syncMetrics(instruments: Instruments): SyncMetrics {
  const states = sourceStates(instruments);
  const backoffs = new Map<ScopeId, number>();
  return {
    sourceState: (scope, state, reason) => states.record(scope, state, reason),
    relist: (reason) => instruments.podkey_relists_total.inc({ reason }),
    watchRestart: (reason) =>
      instruments.podkey_watch_restarts_total.inc({ reason: reason.replaceAll("-", "_") }),
    divergence: () => instruments.podkey_divergence_total.inc(),
    backoff: (scope, seconds) => {
      backoffs.set(scope, seconds);
      instruments.podkey_backoff_seconds.set(Math.max(...backoffs.values()));
    },
    retry: (reason) => instruments.podkey_kube_retries_total.inc({ reason: reason.replaceAll("-", "_") }),
  };
}

/** The gauge `podkey_source_state`. */
export interface SourceStates {
  record(scope: ScopeId, state: SourceState, reason: StaleReason | undefined): void;
}

/** Counts scopes by state. src/app/status/observe.ts records the states of folders, which have no reflector. */
export function sourceStates(instruments: Instruments): SourceStates {
  const byScope = new Map<ScopeId, { readonly state: SourceState; readonly reason: string }>();
  return {
    record: (scope, state, reason) => {
      byScope.set(scope, { state, reason: reason ?? "" });
      instruments.podkey_source_state.reset();
      for (const labels of byScope.values()) instruments.podkey_source_state.inc(labels);
    },
  };
}
