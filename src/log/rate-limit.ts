/**
 * Limits the log lines of each event in a time window. At the end of the window, one line contains the number of suppressed
 * lines. Audit lines pass, because audit-log.ts limits them.
 */
import type { Clock, Timers } from "../core/time/clock.ts";
import type { EventName, Log } from "./events.ts";

/** The limit of one event. */
export interface RateLimit {
  readonly windowMs: number;
  /** Lines per window. */
  readonly lines: number;
}

/** Twenty lines per event in ten seconds. */
export const DEFAULT_RATE_LIMIT: RateLimit = { windowMs: 10_000, lines: 20 };

interface Window {
  readonly openedAtMs: number;
  written: number;
  left: number;
}

/** A `Log` that writes at most `limit` to `log`. */
export function rateLimited(deps: {
  readonly log: Log;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly limit: RateLimit;
}): Log {
  const windows = new Map<EventName, Window>();
  const windowOf = (event: EventName): Window => {
    const nowMs = deps.clock.nowMs();
    const open = windows.get(event);
    if (open !== undefined && (open.left > 0 || nowMs - open.openedAtMs < deps.limit.windowMs)) return open;
    const fresh = { openedAtMs: nowMs, written: 0, left: 0 };
    windows.set(event, fresh);
    return fresh;
  };
  const close = (event: EventName): void => {
    const left = windows.get(event)?.left ?? 0;
    windows.delete(event);
    deps.log("log_suppressed", { of: event, lines: left });
  };
  return (event, fields) => {
    if (event.startsWith("audit_")) {
      deps.log(event, fields);
      return;
    }
    const window = windowOf(event);
    if (window.written < deps.limit.lines) {
      window.written += 1;
      deps.log(event, fields);
      return;
    }
    // Only a window that overflows needs a timer.
    if (window.left === 0) deps.timers.after(deps.limit.windowMs, () => close(event));
    window.left += 1;
  };
}
