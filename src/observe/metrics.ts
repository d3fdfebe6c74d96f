/**
 * Every metric of podkey: name, kind, unit, labels, buckets. docs/metrics.md is generated from this table, and
 * metrics-registry.ts creates the instruments. Names end in base units. The values of a label are bounded (consumers,
 * states, codes), so that a fleet of sidecars stays affordable.
 */

/** A row of the table. */
export interface MetricFacts {
  readonly kind: "counter" | "gauge" | "histogram";
  /** Meaning and unit; one sentence. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, for histograms. */
  readonly buckets: readonly number[];
}

interface Line<Kind extends MetricFacts["kind"], Label extends string> extends MetricFacts {
  readonly kind: Kind;
  readonly labels: readonly Label[];
}

function counter<const Label extends string = never>(
  help: string,
  labels: readonly Label[] = [],
): Line<"counter", Label> {
  return { kind: "counter", help, labels, buckets: [] };
}

function gauge<const Label extends string = never>(
  help: string,
  labels: readonly Label[] = [],
): Line<"gauge", Label> {
  return { kind: "gauge", help, labels, buckets: [] };
}

function histogram<const Label extends string = never>(
  help: string,
  buckets: readonly number[],
  labels: readonly Label[] = [],
): Line<"histogram", Label> {
  return { kind: "histogram", help, labels, buckets };
}

/** A Get takes tens of microseconds, a fan-out milliseconds, a stall seconds. */
const SERVING_BUCKETS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5, 10,
] as const;
/** A request takes milliseconds on an idle API server, seconds on one that throttles. */
const KUBE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** From a password to the largest served credential (3 MiB); the log warns at 256 KiB, a Secret is at most 1 MiB. */
const SIZE_BUCKETS = [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 3_145_728] as const;

const GRPC_LABELS = ["grpc_type", "grpc_service", "grpc_method"] as const;

/** The table. */
export const METRICS = {
  podkey_synced: gauge("1 once every scope of the source has been listed, else 0."),
  podkey_snapshot_revision: gauge("Revision of the consumer's view.", ["consumer"]),
  podkey_snapshot_credentials: gauge("Credentials in the snapshot."),
  podkey_snapshot_bytes: gauge("Bytes of all values in the snapshot, rounded up to a power of two."),
  podkey_credential_max_size_bytes: gauge(
    "Bytes of the values of the largest credential, rounded up to a power of two.",
  ),
  podkey_credential_size_bytes: histogram(
    "Bytes of the values of a credential, rounded up to a power of two, observed at each change of its data. Above 262144 the log warns.",
    SIZE_BUCKETS,
  ),
  podkey_snapshot_as_of_timestamp_seconds: gauge(
    "When the snapshot was last verified against the source (oldest scope), in seconds since the epoch; 0 before the first sync.",
  ),
  podkey_source_state: gauge(
    "Scopes of the source in each state, with the reason if stale. A state without scopes is absent.",
    ["state", "reason"],
  ),
  podkey_stale_scopes: gauge(
    "Scopes that are STALE, by the reason that clients get in `freshness`. A reason without scopes is absent.",
    ["reason"],
  ),
  podkey_source_faulty_files: gauge("Files of a folder source that cannot be used."),
  podkey_source_events_total: counter("Events from the source.", ["type"]),
  podkey_relists_total: counter("Complete lists, by cause.", ["reason"]),
  podkey_watch_restarts_total: counter("Restarts of source watches, by why the previous watch ended.", [
    "reason",
  ]),
  podkey_events_dropped_total: counter("Events of the source that were not applied.", ["reason"]),
  podkey_divergence_total: counter(
    "Verifications that found a difference between the snapshot and the source. Each difference was repaired.",
  ),
  podkey_ping_timeouts_total: counter("HTTP/2 PINGs that the API server did not answer in time."),
  podkey_backoff_seconds: gauge("Seconds that the source waits before its next attempt; 0 when healthy."),
  podkey_change_to_served_seconds: histogram(
    "Seconds from the arrival of a change until every consumer's view contains it.",
    SERVING_BUCKETS,
  ),
  podkey_credential_problems: gauge("Credentials with a problem, by reason.", ["reason"]),
  podkey_required_missing: gauge("Entries of --require that no credential in the snapshot matches."),
  podkey_credential_earliest_expire_timestamp_seconds: gauge(
    "Earliest expiry of all credentials, rounded up to the hour, in seconds since the epoch; absent if none expires.",
  ),
  podkey_credential_expire_timestamp_seconds: gauge(
    "Expiry of each credential, in seconds since the epoch; only with --metrics-credential-names.",
    ["namespace", "name"],
  ),
  podkey_rotation_overdue: gauge("Credentials whose next-rotation annotation is in the past."),
  podkey_kube_requests_total: counter("Requests to the API server.", ["verb", "code"]),
  podkey_kube_request_duration_seconds: histogram(
    "Seconds from a request to the API server to the end of its response (of a watch: to its headers).",
    KUBE_BUCKETS,
    ["verb"],
  ),
  podkey_kube_throttled_seconds_total: counter(
    "Seconds that requests waited because of --api-qps and --api-burst.",
  ),
  podkey_kube_retries_total: counter("Retried requests to the API server, by reason.", ["reason"]),
  podkey_kube_events_total: counter("Watch events from the API server, by type (ADDED, BOOKMARK, …).", [
    "type",
  ]),
  podkey_kube_list_pages_total: counter("Pages of lists from the API server."),
  podkey_watch_streams: gauge("Open Watch calls.", ["consumer"]),
  podkey_connections: gauge("Open connections.", ["consumer"]),
  podkey_watch_coalesced_total: counter("Changes that were merged into a later one for a slow reader."),
  podkey_watch_send_duration_seconds: histogram(
    "Seconds from a change of a view until its Watch message is handed to the transport.",
    SERVING_BUCKETS,
  ),
  podkey_reads_total: counter("Completed reads; outcome is ok or the reason of the error.", [
    "consumer",
    "method",
    "outcome",
  ]),
  podkey_policy_denied_total: counter("Calls denied by policy.", ["consumer"]),
  podkey_sds_streams: gauge(
    "Open SDS streams by state: waiting (no response sent yet), behind (newest response not answered), current (acknowledged), refused (rejected).",
    ["consumer", "state"],
  ),
  podkey_sds_responses_total: counter("SDS responses that a client acknowledged or refused.", [
    "consumer",
    "outcome",
  ]),
  podkey_limit_rejections_total: counter("Calls and connections refused by a limit.", ["consumer", "limit"]),
  podkey_audit_dropped_total: counter("Audit lines dropped by the rate limit."),
  podkey_log_lines_dropped_total: counter("Log lines dropped because the output was not read."),
  podkey_listener_info: gauge("1 for each listener.", ["consumer", "address", "mode"]),
  podkey_build_info: gauge("1; the labels are the versions of podkey and Node.", [
    "version",
    "revision",
    "node_version",
  ]),
  podkey_config_hash_info: gauge("1; the label is a hash of the current configuration.", ["hash"]),
  podkey_config_last_reload_successful: gauge("1 if the last reload was accepted, else 0."),
  podkey_config_last_reload_success_timestamp_seconds: gauge(
    "When the current configuration was loaded, in seconds since the epoch.",
  ),
  grpc_server_started_total: counter("Calls started on the server.", GRPC_LABELS),
  grpc_server_handled_total: counter("Calls completed on the server, whatever their code.", [
    ...GRPC_LABELS,
    "grpc_code",
  ]),
  grpc_server_msg_received_total: counter("Messages received from clients.", GRPC_LABELS),
  grpc_server_msg_sent_total: counter("Messages sent to clients.", GRPC_LABELS),
  grpc_server_handling_seconds: histogram(
    "Seconds until a call completed. Watch calls, which have no end, are not observed.",
    SERVING_BUCKETS,
    GRPC_LABELS,
  ),
} as const satisfies Record<string, MetricFacts>;

/** The name of a metric. */
export type MetricName = keyof typeof METRICS;
