/**
 * A token bucket over all requests of the process to one API server (--api-qps, --api-burst): client-go's default
 * idea with room for the ninety watches of a names mode. Called by api-client.ts before each request; first come,
 * first served.
 */
import type { Clock, Timers } from "../../core/clock.ts";

/** The bucket. */
export interface RequestLimiter {
  /** Calls `go` when the request may be sent: at once, or later. Returns the way to give the place up. */
  take(go: () => void): () => void;
}

/** What the bucket is made of. */
export interface RequestLimiterDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Requests a second in the long run; 0 or less: no limit. */
  readonly qps: number;
  /** Requests at once after a pause. */
  readonly burst: number;
  /** Told how long each request waited that had to, in seconds. */
  onThrottled(seconds: number): void;
}

/** A full bucket. */
export function createRequestLimiter(deps: RequestLimiterDeps): RequestLimiter {
  const { clock, qps } = deps;
  const capacity = Math.max(1, deps.burst);
  let tokens = capacity;
  let filledAtMs = clock.nowMs();
  const waiting = new Set<{ readonly go: () => void; readonly sinceMs: number }>();
  let cancelTimer: (() => void) | undefined;

  function refill(): void {
    const nowMs = clock.nowMs();
    tokens = Math.min(capacity, tokens + ((nowMs - filledAtMs) / 1000) * qps);
    filledAtMs = nowMs;
  }

  function serve(): void {
    cancelTimer = undefined;
    refill();
    for (const waiter of waiting) {
      // A timer may fire a hair early; a token short by rounding is a token.
      if (tokens < 1 - 1e-6) break;
      tokens -= 1;
      waiting.delete(waiter);
      deps.onThrottled((clock.nowMs() - waiter.sinceMs) / 1000);
      waiter.go();
    }
    schedule();
  }

  function schedule(): void {
    if (waiting.size === 0) {
      cancelTimer?.();
      cancelTimer = undefined;
    } else {
      cancelTimer ??= deps.timers.after(Math.max(1, Math.ceil(((1 - tokens) / qps) * 1000)), serve);
    }
  }

  return {
    take(go) {
      if (qps <= 0) {
        go();
        return () => undefined;
      }
      refill();
      if (waiting.size === 0 && tokens >= 1) {
        tokens -= 1;
        go();
        return () => undefined;
      }
      const waiter = { go, sinceMs: clock.nowMs() };
      waiting.add(waiter);
      schedule();
      return () => {
        waiting.delete(waiter);
        schedule();
      };
    },
  };
}
