/**
 * What the Kubernetes transport counts, as an interface beside the code that counts: `telemetry/metrics.ts` implements
 * it with the names of contract section 6, tests with an array.
 */

/** What a request is for: the label `verb` of `kube_requests_total`. */
export type KubeVerb = "list" | "watch" | "list_versions" | "review" | "get";

/** The counters. */
export interface KubeMetrics {
  /** `kube_requests_total`: `code` is the HTTP status, or the kind of SyncError where no status came. */
  request(verb: KubeVerb, code: string): void;
  /** `kube_request_duration_seconds`: to the end of a call, to the headers of a watch. */
  requestDuration(verb: KubeVerb, seconds: number): void;
  /** `kube_throttled_seconds_total`: time that a request waited for --api-qps. */
  throttled(seconds: number): void;
  /** `kube_retries_total`: a request was sent again at once: new token, new CA, connection that closed under it. */
  retry(reason: "token" | "ca" | "connection"): void;
  /** `kube_list_pages_total`. */
  listPage(): void;
  /** `ping_timeouts_total`: an HTTP/2 connection was given up because no PING ack came. */
  pingTimeout(): void;
  /** `source_events_total`: one line of a watch; type is its own (ADDED, MODIFIED, DELETED, BOOKMARK, ERROR). */
  event(type: string): void;
}

/** Counts nothing; for one-shot commands such as `check`. */
export const NO_KUBE_METRICS: KubeMetrics = {
  request: ignore,
  requestDuration: ignore,
  throttled: ignore,
  retry: ignore,
  listPage: ignore,
  pingTimeout: ignore,
  event: ignore,
};

function ignore(): void {
  // nothing is counted
}
