/**
 * What the source and its reflectors count, bound to the instruments. Implements the ports that
 * `source/kubernetes/kube-metrics.ts` and `sync/sync-metrics.ts` declare.
 */
import type { StaleReason } from "../core/time/freshness.ts";
import type { ScopeId } from "../core/snapshot/sync-event.ts";
import type { KubeMetrics } from "../source/kubernetes/transport/kube-metrics.ts";
import type { SourceState, SyncMetrics } from "../sync/port/sync-metrics.ts";
import type { Instruments } from "./metrics-registry.ts";

/** The Kubernetes transport's view of the metrics. */
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

/** The reflectors' view of the metrics. */
export function syncMetrics(instruments: Instruments): SyncMetrics {
  const states = sourceStates(instruments);
  const backoffs = new Map<ScopeId, number>();
  return {
    sourceState: (scope, state, reason) => states.note(scope, state, reason),
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

/** `podkey_source_state`: how many scopes are in each state, shown only for states that hold now. */
export interface SourceStates {
  note(scope: ScopeId, state: SourceState, reason: StaleReason | undefined): void;
}

/** Keeps the gauge of states; folder sources have no reflector and are noted by the composition root. */
export function sourceStates(instruments: Instruments): SourceStates {
  const byScope = new Map<ScopeId, { readonly state: SourceState; readonly reason: string }>();
  return {
    note: (scope, state, reason) => {
      byScope.set(scope, { state, reason: reason ?? "" });
      instruments.podkey_source_state.reset();
      for (const labels of byScope.values()) instruments.podkey_source_state.inc(labels);
    },
  };
}
