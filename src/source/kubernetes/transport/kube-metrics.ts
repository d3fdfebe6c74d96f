/**
 * The counters of the Kubernetes source. Implemented by src/observe/source-metrics.ts and by tests. The names of the
 * metrics are in docs/metrics.md.
 */

/** The label `verb` of `kube_requests_total`. */
export type KubeVerb = "list" | "watch" | "list_versions" | "review" | "get";

/** See the file comment. */
export interface KubeMetrics {
  /** `kube_requests_total`: `code` is the HTTP status, or the kind of SyncError if there was no response. */
  request(verb: KubeVerb, code: string): void;
  /** `kube_request_duration_seconds`: to the end of a call, to the headers of a watch. */
  requestDuration(verb: KubeVerb, seconds: number): void;
  /** `kube_throttled_seconds_total`: how long a request waited for --api-qps. */
  throttled(seconds: number): void;
  /** `kube_retries_total`: a request was sent again at once, after a new token, a new CA or a closed connection. */
  retry(reason: "token" | "ca" | "connection"): void;
  /** `kube_list_pages_total`. */
  listPage(): void;
  /** `ping_timeouts_total`: an HTTP/2 connection was closed because a PING was not acknowledged. */
  pingTimeout(): void;
  /** `source_events_total`: one line of a watch; type is its own (ADDED, MODIFIED, DELETED, BOOKMARK, ERROR). */
  event(type: string): void;
}

/** Counts nothing; for commands such as `check`. */
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
