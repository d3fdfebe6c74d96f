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
  app_drained: { level: "info", message: "podkey has stopped", todo: "" },
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
  log_suppressed: {
    level: "warn",
    message: "lines of one event were left out to keep the log readable",
    todo: "",
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
} as const satisfies Record<string, EventFacts>;

/** Name of an event in the table. */
export type EventName = keyof typeof EVENTS;

/** Fields of a log line. `error` is reduced to its class and safe message by the logger. */
export type EventFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The way everything logs: injected, so that tests read what was logged. */
export type Log = (event: EventName, fields?: EventFields) => void;
