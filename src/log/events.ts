/**
 * Every log event of podkey: name, level, message, what to do. docs/events.md is generated from this table, and every
 * log line has its event name in `event`. Fields are names, numbers and states, never a value of a Secret: a
 * `SecretValue` would print as `[redacted]`.
 */

/** A row of the table. */
export interface EventFacts {
  readonly level: "debug" | "info" | "warn" | "error";
  /** The message of the line: constant, lower case; what varies is in the fields. */
  readonly message: string;
  /** What the operator does; empty: nothing. */
  readonly todo: string;
}

/** Names are `area_what`, and the events of an area stand together. */
export const EVENTS = {
  app_admin_listening: { level: "info", message: "admin HTTP listening", todo: "" },
  app_config_rejected: {
    level: "error",
    message: "reload rejected, previous configuration stays in use",
    todo: "Fix `problem` and save the file again. `podkey check` validates the file without serving.",
  },
  app_config_reloaded: { level: "info", message: "configuration reloaded", todo: "" },
  app_config_warning: {
    level: "warn",
    message: "configuration warning",
    todo: "Read `warning`. podkey continues without the named setting.",
  },
  app_stopped: { level: "info", message: "stopped", todo: "" },
  app_fatal: {
    level: "error",
    message: "podkey exits because of a bug",
    todo: "Report it with this line. The kubelet restarts the container.",
  },
  app_first_sync_timeout: {
    level: "error",
    message: "first sync exceeded --first-sync-timeout, exiting",
    todo: "See `reason`. `podkey check` finds missing rights and wrong configuration.",
  },
  app_how_to_read: { level: "info", message: "example commands", todo: "" },
  app_listening: { level: "info", message: "gRPC listening", todo: "" },
  app_phase_overdue: {
    level: "warn",
    message: "shutdown step failed or exceeded its time limit, continuing with the next step",
    todo: "If it repeats, report it with this line.",
  },
  app_ready: { level: "info", message: "podkey is ready", todo: "" },
  app_restart_needed: {
    level: "warn",
    message: "some changed options need a restart",
    todo: "Restart the pod to apply `options`. Consumers and policy are already in use.",
  },
  app_stopping: { level: "info", message: "stopping", todo: "" },
  app_waiting: {
    level: "warn",
    message: "not started yet",
    todo: "See `reason`. The app containers of the pod start after podkey has started.",
  },
  credential_changed: { level: "info", message: "credential changed", todo: "" },
  credential_expired: {
    level: "error",
    message: "credential expired, still served",
    todo: "Rotate the credential. `at` is its expiry.",
  },
  credential_expires: { level: "info", message: "credential expires within 30 days", todo: "" },
  credential_expires_soon: {
    level: "warn",
    message: "credential expires within 7 days",
    todo: "Rotate the credential, or check the issuer that should have renewed it. `at` is its expiry.",
  },
  credential_large: {
    level: "warn",
    message: "credential is larger than 256 KiB",
    todo: "See `remedy`. Each change is sent in full to every watcher, and etcd stores each version.",
  },
  credential_mended: { level: "info", message: "credential has no problems any more", todo: "" },
  credential_problem: {
    level: "warn",
    message: "credential has problems",
    todo: "See `problems`; docs/problems.md has the remedy for each reason.",
  },
  credential_rotation_overdue: {
    level: "warn",
    message: "credential rotation overdue",
    todo: "Rotate the credential and update its next-rotation annotation, or check the system that rotates it.",
  },
  kube_ca_kept: {
    level: "warn",
    message: "CA bundle unreadable or invalid, keeping the previous one",
    todo: "Fix the file. Until then podkey cannot trust a server with a certificate from a new authority.",
  },
  kube_connected: { level: "debug", message: "connected to the API server", todo: "" },
  kube_connection_retired: {
    level: "debug",
    message: "connection to the API server takes no new requests (GOAWAY or new certificates)",
    todo: "",
  },
  kube_credentials_kept: {
    level: "warn",
    message: "kubeconfig credentials unreadable, keeping the previous ones",
    todo: "Fix the file or the exec plugin that the kubeconfig names.",
  },
  kube_forbidden: {
    level: "error",
    message: "API server denied access",
    todo: "Run the command in `check`, grant what `missing` names, and see `hint`. podkey retries by itself.",
  },
  kube_ping_timeout: {
    level: "warn",
    message: "API server did not answer an HTTP/2 PING, connection closed",
    todo: "If it repeats, check for a firewall or NAT that drops idle connections without a reset.",
  },
  kube_plain_http: {
    level: "warn",
    message: "credentials are not sent, because the API server's URL is http",
    todo: "Use https, unless this is `kubectl proxy`, which adds the credentials itself.",
  },
  kube_token_kept: {
    level: "warn",
    message: "token file unreadable or empty, keeping the previous token",
    todo: "Check the projected volume of the ServiceAccount token.",
  },
  folder_entry_refused: {
    level: "warn",
    message: "folder entry skipped",
    todo: "See `path` and `why`. The rest of the folder is served.",
  },
  folder_readable: { level: "info", message: "folder readable again", todo: "" },
  folder_unreadable: {
    level: "error",
    message: "folder unreadable, its content is not updated",
    todo: "Restore the folder or fix its permissions (`cause`). podkey retries every 2 s.",
  },
  folder_watch_failed: {
    level: "warn",
    message: "file notifications unavailable, scanning the folder every 10 s",
    todo: "See `cause`. For ENOSPC, raise fs.inotify.max_user_watches on the node.",
  },
  audit_dropped: {
    level: "warn",
    message: "audit lines dropped",
    todo: "Find out why `consumer` calls so often. With `--audit denied` only denied calls are logged.",
  },
  audit_read: { level: "info", message: "read", todo: "" },
  audit_watch: { level: "info", message: "watch ended", todo: "" },
  log_lost: {
    level: "warn",
    message: "log lines dropped because the output was not read",
    todo: "Check the log collector: it did not read podkey's output for a while.",
  },
  log_suppressed: { level: "warn", message: "repeated lines of one event suppressed", todo: "" },
  manifests_duplicate: {
    level: "warn",
    message: "two manifests define the same Secret",
    todo: "Delete one of them (`problem`). The first path is served.",
  },
  manifests_file_broken: {
    level: "warn",
    message: "manifest file invalid, not applied",
    todo: "Fix `file` at `line`: see `why`. Credentials from an earlier valid version of the file stay served.",
  },
  manifests_file_mended: { level: "info", message: "manifest file valid again", todo: "" },
  manifests_secret_faulty: {
    level: "warn",
    message: "Secret in a manifest invalid, not applied",
    todo: "Fix `file` at `line`: see `why`. The last valid version of the Secret, if any, stays served.",
  },
  rpc_connection_ended: {
    level: "warn",
    message:
      "connection closed because the client floods it; for 10 s the consumer's connections are judged strictly and accepted one every 5 s",
    todo: "Find the program by `peer` and `why`. Other consumers are not affected.",
  },
  rpc_connection_refused: {
    level: "warn",
    message: "connection refused, listener has --max-connections open",
    todo: "Close unused connections, or raise --max-connections.",
  },
  rpc_drain_forced: { level: "warn", message: "drain forced, clients kept connections open", todo: "" },
  rpc_invariant: {
    level: "error",
    message: "call failed because of a bug",
    todo: "Report it with this line.",
  },
  rpc_peer_denied: {
    level: "warn",
    message: "peer denied, uid or gid does not match",
    todo: "Compare `peer` in the configuration with the uid and gid of the client.",
  },
  rpc_sds_acknowledged: { level: "debug", message: "SDS response acknowledged", todo: "" },
  rpc_sds_refused: {
    level: "warn",
    message: "SDS response rejected, client keeps its previous secrets",
    todo: "Read the log of the client. `podkey check` verifies that certificate and key match.",
  },
  rpc_slow_consumer: {
    level: "info",
    message: "watch closed, client does not read",
    todo: "Read the stream in a task of its own.",
  },
  rpc_stale_socket: { level: "info", message: "stale socket file replaced", todo: "" },
  rpc_token_unreadable: {
    level: "error",
    message: "token file unreadable, calls to its TCP listener are refused",
    todo: "Check that the file exists, contains a token, and is readable by podkey.",
  },
  started: { level: "info", message: "podkey started", todo: "" },
  store_listener_failed: {
    level: "error",
    message: "snapshot listener failed and was skipped",
    todo: "Report it with this line: it is a bug in podkey.",
  },
  store_over_limits: {
    level: "error",
    message: "source exceeds --max-credentials or --max-bytes, the snapshot is not updated and STALE LIMIT",
    todo: "Raise --max-credentials or --max-bytes, or narrow --selector. Nothing was truncated.",
  },
  store_within_limits: { level: "info", message: "source within the limits again", todo: "" },
  sync_bookmarks_missing: {
    level: "warn",
    message: "API server sends no bookmarks, verifying with a metadata list each minute",
    todo: "No action is needed. The usual cause is a proxy that buffers watches.",
  },
  sync_diverged: {
    level: "warn",
    message: "snapshot differs from the API server, listing again",
    todo: "No action is needed. If it repeats, a watch cache or proxy loses events.",
  },
  sync_empty_list_questioned: {
    level: "warn",
    message: "list of a non-empty scope is empty, listing again to confirm",
    todo: "",
  },
  sync_going_away: {
    level: "info",
    message: "connection closing (GOAWAY), opening the next watch while the old one still delivers",
    todo: "",
  },
  sync_listed: { level: "info", message: "scope listed for the first time", todo: "" },
  sync_malformed: {
    level: "warn",
    message: "malformed answer from the API server, ignored",
    todo: "If it repeats, check for a proxy between podkey and the API server.",
  },
  sync_marker_missing: {
    level: "warn",
    message: "initial events did not end, using LIST for this API server",
    todo: "No action is needed. The usual cause is a proxy that does not support WatchList.",
  },
  sync_older_list_dropped: {
    level: "warn",
    message: "list older than the snapshot, ignored; another API server lags",
    todo: "",
  },
  sync_proof_failed: { level: "info", message: "verification against the API server failed", todo: "" },
  sync_recovered: { level: "info", message: "source recovered", todo: "" },
  sync_relisted: { level: "info", message: "list applied", todo: "" },
  sync_rewind_suspected: {
    level: "warn",
    message: "consistent list older than the snapshot, listing again in 5 s to confirm",
    todo: "Check whether etcd was restored or the address leads to another cluster.",
  },
  sync_rewound: {
    level: "error",
    message: "history of the API server went back, scope replaced",
    todo: "Check whether etcd was restored or the address leads to another cluster.",
  },
  sync_trouble: {
    level: "warn",
    message: "source failing, the snapshot is not updated",
    todo: "Read `reason` and `error`. `podkey check` diagnoses permissions and configuration.",
  },
  sync_watch_list_unsupported: {
    level: "info",
    message: "API server does not support WatchList, using LIST",
    todo: "",
  },
} as const satisfies Record<string, EventFacts>;

/** The name of an event. */
export type EventName = keyof typeof EVENTS;

/** Fields of a log line. Errors are reduced by safe-error.ts first. */
export type EventFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one event to the log. Injected everywhere, so that tests can read the events. */
export type Log = (event: EventName, fields?: EventFields) => void;
