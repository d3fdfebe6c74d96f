/**
 * Every metric that podkey shows: name, kind, unit, labels, buckets. docs/metrics.md is generated from this table and
 * `metrics-registry.ts` makes the instruments. Names carry base units; a label is there always or never and its values
 * are bounded (consumers, states, codes), so that a fleet of sidecars stays affordable.
 */

/** What the table says of one metric. */
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

/** A Get is answered in tens of microseconds, a fan-out in milliseconds, a stall in seconds. */
const SERVING_BUCKETS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5, 10,
] as const;
/** Requests to an API server: milliseconds on a quiet one, seconds on one that throttles. */
const KUBE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** From a password to the most that is served in one piece; 256 KiB is where the log warns, 1 MiB what a Secret holds. */
const SIZE_BUCKETS = [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 3_145_728] as const;

const GRPC_LABELS = ["grpc_type", "grpc_service", "grpc_method"] as const;

/** The table. */
export const METRICS = {
  podkey_synced: gauge("1 once every scope of the source has been listed, else 0."),
  podkey_snapshot_revision: gauge("Revision number of the consumer's view.", ["consumer"]),
  podkey_snapshot_credentials: gauge("Credentials in the snapshot."),
  podkey_snapshot_bytes: gauge("Bytes of all values in the snapshot."),
  podkey_credential_max_size_bytes: gauge("Bytes of the values of the largest credential."),
  podkey_credential_size_bytes: histogram(
    "Bytes of the values of a credential, counted at each change of its data; over 262144 is worth a look.",
    SIZE_BUCKETS,
  ),
  podkey_snapshot_as_of_timestamp_seconds: gauge(
    "When the source last proved the snapshot current (oldest scope), in seconds since the epoch; 0 before the first sync.",
  ),
  podkey_source_state: gauge(
    "Scopes of the source in each state, with the reason if stale; states that hold for none are absent.",
    ["state", "reason"],
  ),
  podkey_stale_scopes: gauge(
    "Scopes whose answers say STALE now, by the reason that clients see in `freshness`; a reason that holds for none is absent.",
    ["reason"],
  ),
  podkey_source_events_total: counter("Events from the source.", ["type"]),
  podkey_relists_total: counter("Complete lists taken, by what made them needed.", ["reason"]),
  podkey_watch_restarts_total: counter("Watches of the source opened again, by why the last one ended.", [
    "reason",
  ]),
  podkey_events_dropped_total: counter("Events of the source that were not applied.", ["reason"]),
  podkey_divergence_total: counter(
    "Proofs that found the snapshot differing from the source; each was repaired.",
  ),
  podkey_ping_timeouts_total: counter("HTTP/2 pings that the API server did not answer in time."),
  podkey_backoff_seconds: gauge(
    "How long the source waits before the attempt that is due, in seconds; 0 in good health.",
  ),
  podkey_change_to_served_seconds: histogram(
    "Seconds from the arrival of a change at podkey until every consumer's view has it.",
    SERVING_BUCKETS,
  ),
  podkey_credential_problems: gauge("Credentials with a problem, by its reason.", ["reason"]),
  podkey_required_missing: gauge("Entries of --require that nothing in the snapshot fulfils."),
  podkey_credential_earliest_expire_timestamp_seconds: gauge(
    "The earliest expiry among all credentials, in seconds since the epoch; absent if none expires.",
  ),
  podkey_credential_expire_timestamp_seconds: gauge(
    "Expiry of each credential, in seconds since the epoch; only with --metrics-credential-names.",
    ["namespace", "name"],
  ),
  podkey_rotation_overdue: gauge("Credentials whose next-rotation annotation lies in the past."),
  podkey_kube_requests_total: counter("Requests to the API server.", ["verb", "code"]),
  podkey_kube_request_duration_seconds: histogram(
    "Seconds from a request to the API server to the end of its answer (of a watch: to its headers).",
    KUBE_BUCKETS,
    ["verb"],
  ),
  podkey_kube_throttled_seconds_total: counter("Seconds that requests waited for --api-qps and --api-burst."),
  podkey_kube_retries_total: counter("Requests to the API server that were tried again.", ["reason"]),
  podkey_kube_events_total: counter(
    "Lines of watches from the API server, by their type (ADDED, BOOKMARK, …).",
    ["type"],
  ),
  podkey_kube_list_pages_total: counter("Pages of lists from the API server."),
  podkey_watch_streams: gauge("Open Watch calls.", ["consumer"]),
  podkey_connections: gauge("Open connections.", ["consumer"]),
  podkey_watch_coalesced_total: counter("Changes that a slow reader got merged into a later one."),
  podkey_watch_send_duration_seconds: histogram(
    "Seconds from a view's change to its message being handed to the transport of a Watch.",
    SERVING_BUCKETS,
  ),
  podkey_reads_total: counter("Answered reads; outcome is ok or the reason of the error.", [
    "consumer",
    "method",
    "outcome",
  ]),
  podkey_policy_denied_total: counter("Calls that no rule of the consumer could ever allow.", ["consumer"]),
  podkey_sds_streams: gauge(
    "Open SDS streams: waiting has been sent nothing yet, behind has not answered the newest response, current runs it, refused refused it.",
    ["consumer", "state"],
  ),
  podkey_sds_responses_total: counter("SDS responses that a client took (acknowledged) or refused.", [
    "consumer",
    "outcome",
  ]),
  podkey_limit_rejections_total: counter("Calls and connections refused by a limit.", ["consumer", "limit"]),
  podkey_audit_dropped_total: counter("Audit lines left out by the rate limit."),
  podkey_log_lines_dropped_total: counter(
    "Log lines dropped because the reader of the output does not read.",
  ),
  podkey_listener_info: gauge("1 for each listener.", ["consumer", "address", "mode"]),
  podkey_build_info: gauge("1; the labels say what runs.", ["version", "revision", "node_version"]),
  podkey_config_hash_info: gauge(
    "1; the label is a hash of the configuration in force (it holds no value).",
    ["hash"],
  ),
  podkey_config_last_reload_successful: gauge(
    "1 if the last reload of the configuration was accepted, else 0.",
  ),
  podkey_config_last_reload_success_timestamp_seconds: gauge(
    "When the configuration in force was loaded, in seconds since the epoch.",
  ),
  grpc_server_started_total: counter("Calls started on the server.", GRPC_LABELS),
  grpc_server_handled_total: counter("Calls completed on the server, whatever their code.", [
    ...GRPC_LABELS,
    "grpc_code",
  ]),
  grpc_server_msg_received_total: counter("Messages received from clients.", GRPC_LABELS),
  grpc_server_msg_sent_total: counter("Messages sent to clients.", GRPC_LABELS),
  grpc_server_handling_seconds: histogram(
    "Seconds until a call was answered. Watch calls last for ever and are left out.",
    SERVING_BUCKETS,
    GRPC_LABELS,
  ),
} as const satisfies Record<string, MetricFacts>;

/** Name of a metric of the table. */
export type MetricName = keyof typeof METRICS;
