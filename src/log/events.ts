/**
 * Every log event that podkey writes: name, level, meaning, what to do. `docs/events.md` is generated from this
 * table; a line in the log always carries `event` from it. Fields are names, numbers and states, never a value of a
 * Secret; `SecretValue` prints as `[redacted]` should one ever get here.
 */

/** What the table says of one event. */
export interface EventFacts {
  readonly level: "debug" | "info" | "warn" | "error";
  /** The constant message of the line; no dynamic part. */
  readonly message: string;
  /** What an operator should do; empty: nothing. */
  readonly todo: string;
}

/** The table. Helpers of one area keep their events together; names are `area_what`. */
export const EVENTS = {
  app_admin_listening: { level: "info", message: "probes and metrics are at this address", todo: "" },
  app_config_rejected: {
    level: "error",
    message: "the changed configuration is not used; the old one stays in force",
    todo: "Mend what `problem` says and save the file again; `podkey check` reads it without serving.",
  },
  app_config_reloaded: {
    level: "info",
    message: "the configuration was read again and is in force",
    todo: "",
  },
  app_config_warning: {
    level: "warn",
    message: "the configuration holds something odd",
    todo: "Look at `warning`; podkey goes on without it.",
  },
  app_stopped: { level: "info", message: "podkey has stopped", todo: "" },
  app_fatal: {
    level: "error",
    message: "podkey ends because of a bug",
    todo: "Report it with this line; the process is started anew by the kubelet.",
  },
  app_first_sync_timeout: {
    level: "error",
    message: "the first sync took longer than --first-sync-timeout allows; podkey gives up",
    todo: "See `reason`; `podkey check` tells what is missing.",
  },
  app_how_to_read: { level: "info", message: "how to read what is served here", todo: "" },
  app_listening: { level: "info", message: "podkey answers on this address", todo: "" },
  app_phase_overdue: {
    level: "warn",
    message: "a phase of the shutdown took longer than it may and was left behind",
    todo: "If it happens often, report it with this line.",
  },
  app_ready: { level: "info", message: "podkey is ready", todo: "" },
  app_restart_needed: {
    level: "warn",
    message: "the changed configuration holds options that only a restart can apply",
    todo: "Restart the pod to apply `options`; consumers and policy are in force already.",
  },
  app_stopping: { level: "info", message: "podkey stops", todo: "" },
  app_waiting: {
    level: "warn",
    message: "podkey waits before it counts as started",
    todo: "See `reason`; the containers behind the sidecar start only after this.",
  },
  credential_expired: {
    level: "error",
    message: "a credential has expired; it is served as the source has it",
    todo: "Rotate it: `at` says when it ended.",
  },
  credential_expires: {
    level: "info",
    message: "a credential expires within 30 days",
    todo: "",
  },
  credential_expires_soon: {
    level: "warn",
    message: "a credential expires within 7 days, or within one",
    todo: "Rotate it, or look after the issuer that should have: `at` says when it ends.",
  },
  credential_large: {
    level: "warn",
    message: "the values of a credential come to more than 256 KiB",
    todo: "See `remedy`; each change of it is sent whole to every watcher, and etcd keeps each version.",
  },
  credential_mended: { level: "info", message: "nothing is wrong with a credential any more", todo: "" },
  credential_problem: {
    level: "warn",
    message: "something is wrong with a credential; it is served with the fact in `problems`",
    todo: "See `problems`; docs/problems.md says what to do about each reason.",
  },
  credential_rotation_overdue: {
    level: "warn",
    message: "the next rotation of a credential is overdue (annotation next-rotation)",
    todo: "Rotate it and move the annotation on, or look after whatever rotates it.",
  },
  kube_ca_kept: {
    level: "warn",
    message: "the CA bundle could not be read or is broken; the old one stays in use",
    todo: "Repair the file; until then a server with a new certificate authority cannot be trusted.",
  },
  kube_connected: { level: "debug", message: "connected to the API server", todo: "" },
  kube_connection_retired: {
    level: "debug",
    message: "a connection to the API server takes no new requests (GOAWAY, or new certificates)",
    todo: "",
  },
  kube_credentials_kept: {
    level: "warn",
    message: "the credentials of the kubeconfig could not be read; the old ones stay in use",
    todo: "Repair the file or the exec plugin that the kubeconfig names.",
  },
  kube_forbidden: {
    level: "error",
    message: "the API server forbids what podkey needs",
    todo: "Run the command in `check`, grant what `missing` says, and see `hint`; podkey goes on by itself.",
  },
  kube_ping_timeout: {
    level: "warn",
    message: "the API server did not answer an HTTP/2 PING; the connection is given up",
    todo: "Often repeated, look for a firewall or NAT that drops idle connections without a reset.",
  },
  kube_token_kept: {
    level: "warn",
    message: "the token file could not be read or is empty; the old token stays in use",
    todo: "Look at the projected volume of the ServiceAccount token.",
  },
  folder_entry_refused: {
    level: "warn",
    message: "something in the folder is left out",
    todo: "See `path` and `why`; the rest of the folder is served.",
  },
  folder_readable: { level: "info", message: "the folder can be read again", todo: "" },
  folder_unreadable: {
    level: "error",
    message: "the folder cannot be read; its last good content is served and ages",
    todo: "Bring the folder back or mend its permissions (`cause`); podkey looks again every 2 s.",
  },
  folder_watch_failed: {
    level: "warn",
    message: "changes in the folder are not told at once; it is looked at every 10 s instead",
    todo: "See `cause`; with ENOSPC raise fs.inotify.max_user_watches of the node.",
  },
  audit_read: { level: "info", message: "a consumer read", todo: "" },
  audit_watch: { level: "info", message: "a consumer's watch ended", todo: "" },
  log_lost: {
    level: "warn",
    message: "lines were dropped because nobody read them; there is room again",
    todo: "Look at whatever reads the output of podkey: it stopped for a while.",
  },
  log_suppressed: {
    level: "warn",
    message: "lines of one event were left out to keep the log readable",
    todo: "",
  },
  manifests_duplicate: {
    level: "warn",
    message: "two manifests define the same Secret",
    todo: "Delete one of them (`problem`); the first path is served.",
  },
  manifests_file_broken: {
    level: "warn",
    message: "a manifest file cannot be used; the last good content of its credentials is served",
    todo: "Mend `file` at `line`: see `why`.",
  },
  manifests_file_mended: { level: "info", message: "a manifest file can be used again", todo: "" },
  manifests_secret_faulty: {
    level: "warn",
    message: "a Secret in a manifest cannot be used; its last good content is served",
    todo: "Mend `file` at `line`: see `why`.",
  },
  rpc_connection_ended: {
    level: "warn",
    message:
      "a connection was ended because its client floods; for 10 s the consumer's connections are judged strictly and let in one every 5 s",
    todo: "Find the program by `peer` and `why`; other consumers are served as before.",
  },
  rpc_connection_refused: {
    level: "warn",
    message: "a connection was closed at once: the listener has --max-connections open",
    todo: "Close connections that are not used, or raise --max-connections.",
  },
  rpc_drain_forced: {
    level: "warn",
    message: "the drain ended by force: clients did not let go of their connections in time",
    todo: "",
  },
  rpc_invariant: {
    level: "error",
    message: "a call could not be answered because of a bug",
    todo: "Report it with this line.",
  },
  rpc_peer_denied: {
    level: "warn",
    message: "a process that is not the configured peer has connected; its calls are refused",
    todo: "Compare `peer` in the configuration with the uid and gid that the client runs as.",
  },
  rpc_sds_acknowledged: {
    level: "debug",
    message: "an SDS client runs this version of its secrets",
    todo: "",
  },
  rpc_sds_refused: {
    level: "warn",
    message: "an SDS client refused this version of its secrets and goes on with what it has",
    todo: "Look at the client's own log; `podkey check` says whether certificate and key belong together.",
  },
  rpc_slow_consumer: {
    level: "info",
    message: "a Watch was ended because its client did not read",
    todo: "Read the stream in its own task.",
  },
  rpc_stale_socket: {
    level: "info",
    message: "a socket file that nobody answers on was replaced",
    todo: "",
  },
  rpc_token_unreadable: {
    level: "error",
    message: "the token file of a TCP listener cannot be read; its calls are refused until it can",
    todo: "Check that the file exists, holds a token and may be read by podkey.",
  },
  started: { level: "info", message: "podkey has started", todo: "" },
  store_listener_failed: {
    level: "error",
    message: "a reader of the snapshot failed; it was left out and the others go on",
    todo: "Report it with this line: it is a bug in podkey.",
  },
  store_over_limits: {
    level: "error",
    message: "the source holds more than the limits allow; the last good snapshot stays and is STALE LIMIT",
    todo: "Raise --max-credentials or --max-bytes, or narrow --selector; nothing was truncated.",
  },
  store_within_limits: {
    level: "info",
    message: "the source fits into the limits again; the snapshot is current",
    todo: "",
  },
  sync_bookmarks_missing: {
    level: "warn",
    message: "the API server sends no bookmarks; a metadata list each minute keeps the scope fresh instead",
    todo: "Nothing must be done; a proxy in between that buffers watches is the usual cause.",
  },
  sync_diverged: {
    level: "warn",
    message:
      "names and versions at the API server differ from ours and the watch did not bring it; listing anew",
    todo: "Nothing must be done; often repeated, it points to a watch cache or proxy that loses events.",
  },
  sync_empty_list_questioned: {
    level: "warn",
    message:
      "a list came back empty over a scope that holds credentials; asking a second time before believing it",
    todo: "",
  },
  sync_going_away: {
    level: "info",
    message: "the connection goes away (GOAWAY); the next watch is opened while the old one still delivers",
    todo: "",
  },
  sync_listed: { level: "info", message: "the scope has been listed for the first time", todo: "" },
  sync_malformed: {
    level: "warn",
    message: "an answer of the API server could not be read; nothing of it was used",
    todo: "Look for a proxy between podkey and the API server if it repeats.",
  },
  sync_marker_missing: {
    level: "warn",
    message: "the end of the initial events did not come; this API server is listed instead from now on",
    todo: "Nothing must be done; a proxy that does not know WatchList is the usual cause.",
  },
  sync_older_list_dropped: {
    level: "warn",
    message: "a list was older than what is held already and was dropped; another API server lags behind",
    todo: "",
  },
  sync_proof_failed: {
    level: "info",
    message: "names and versions could not be compared with the API server",
    todo: "",
  },
  sync_recovered: { level: "info", message: "the source is well again", todo: "" },
  sync_relisted: { level: "info", message: "a complete list was applied", todo: "" },
  sync_rewind_suspected: {
    level: "warn",
    message: "a consistent list is older than what is held already; a second one in 5 s decides",
    todo: "Find out whether etcd was restored or the address leads to another cluster.",
  },
  sync_rewound: {
    level: "error",
    message: "the history of the API server went back; the scope was replaced by what it holds now",
    todo: "Find out whether etcd was restored or the address leads to another cluster.",
  },
  sync_trouble: {
    level: "warn",
    message: "the source is in trouble; the last good snapshot is served and its age grows",
    todo: "Read `reason` and `error`; `podkey check` diagnoses permissions and configuration.",
  },
  sync_watch_list_unsupported: {
    level: "info",
    message: "the API server does not offer WatchList; it is listed instead",
    todo: "",
  },
} as const satisfies Record<string, EventFacts>;

/** Name of an event in the table. */
export type EventName = keyof typeof EVENTS;

/** Fields of a log line. `error` is reduced to its class and safe message by the logger. */
export type EventFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The way everything logs: injected, so that tests read what was logged. */
export type Log = (event: EventName, fields?: EventFields) => void;
