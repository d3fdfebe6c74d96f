/**
 * Keeps one noisy event from flooding the log: within a window each event gets a number of lines, the rest is counted
 * and said in one line when the window ends. Sits between everybody's `Log` and the writer. Audit lines have a limit
 * of their own and pass.
 */
import type { Clock, Timers } from "../core/time/clock.ts";
import type { EventName, Log } from "./events.ts";

/** How much one event may write. */
export interface RateLimit {
  readonly windowMs: number;
  /** Lines of one event in a window. */
  readonly lines: number;
}

/** A burst of twenty tells the story; after that a count every ten seconds does. */
export const DEFAULT_RATE_LIMIT: RateLimit = { windowMs: 10_000, lines: 20 };

interface Window {
  readonly openedAtMs: number;
  written: number;
  left: number;
}

/** A Log that passes at most `limit` on to `log`. */
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
    // The timer is armed only once a window overflows, so that a quiet log costs none.
    if (window.left === 0) deps.timers.after(deps.limit.windowMs, () => close(event));
    window.left += 1;
  };
}
