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
