/**
 * A token bucket over all requests of the process to one API server (--api-qps, --api-burst), as in client-go. Called
 * by api-client.ts before each request. Requests are served in order of arrival, except that lists go ahead of watches
 * and watches ahead of checks: otherwise, after an outage, a hundred scopes would wait for each other's checks.
 */
import type { Clock, Timers } from "../../../core/time/clock.ts";

/** What a request does: read the whole state, follow it, or only check it. */
export type RequestPurpose = "list" | "watch" | "check";

/**
 * A request is ordered as if it had arrived this much later, in ms; so no request waits indefinitely. A check of one
 * outage must stay behind the watches of the next: with 10 s a hundred scopes needed 8.8 s to recover, with 30 s 5 s.
 */
const HANDICAP_MS: Readonly<Record<RequestPurpose, number>> = { list: 0, watch: 5_000, check: 30_000 };

/** The token bucket. */
export interface RequestLimiter {
  /** Calls `go` when the request can be sent, possibly at once. Returns a function that cancels the wait. */
  take(purpose: RequestPurpose, go: () => void): () => void;
}

export interface RequestLimiterDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Requests a second on average; 0 or less: no limit. */
  readonly qps: number;
  /** Requests at once after a pause. */
  readonly burst: number;
  /** How long a request waited, in seconds; not called for one that did not wait. */
  onThrottled(seconds: number): void;
}

interface Waiter {
  readonly go: () => void;
  readonly purpose: RequestPurpose;
  readonly sinceMs: number;
  /** Its position: the time of arrival plus its handicap. */
  readonly placeMs: number;
}

/** The waiting requests, each purpose in order of arrival. */
class WaitingLine {
  readonly #queues: Readonly<Record<RequestPurpose, Set<Waiter>>> = {
    list: new Set(),
    watch: new Set(),
    check: new Set(),
  };

  join(purpose: RequestPurpose, go: () => void, nowMs: number): Waiter {
    const waiter = { purpose, go, sinceMs: nowMs, placeMs: nowMs + HANDICAP_MS[purpose] };
    this.#queues[purpose].add(waiter);
    return waiter;
  }

  leave(waiter: Waiter): void {
    this.#queues[waiter.purpose].delete(waiter);
  }

  /** The next one; it stays in the line. */
  next(): Waiter | undefined {
    const heads = Object.values(this.#queues).flatMap((queue) => queue.values().next().value ?? []);
    return heads.toSorted((a, b) => a.placeMs - b.placeMs)[0];
  }
}

/** Starts with a full bucket. */
export function createRequestLimiter(deps: RequestLimiterDeps): RequestLimiter {
  const { clock, qps } = deps;
  const capacity = Math.max(1, deps.burst);
  let tokens = capacity;
  let filledAtMs = clock.nowMs();
  const line = new WaitingLine();

  let cancelTimer: (() => void) | undefined;

  function refill(): void {
    const nowMs = clock.nowMs();
    tokens = Math.min(capacity, tokens + ((nowMs - filledAtMs) / 1000) * qps);
    filledAtMs = nowMs;
  }

  function serve(): void {
    cancelTimer = undefined;
    refill();
    for (let waiter = line.next(); waiter !== undefined; waiter = line.next()) {
      // A timer may fire slightly early; allow for rounding.
      if (tokens < 1 - 1e-6) break;
      tokens -= 1;
      line.leave(waiter);
      deps.onThrottled((clock.nowMs() - waiter.sinceMs) / 1000);
      waiter.go();
    }
    schedule();
  }

  function schedule(): void {
    if (line.next() !== undefined) {
      cancelTimer ??= deps.timers.after(Math.max(1, Math.ceil(((1 - tokens) / qps) * 1000)), serve);
      return;
    }
    cancelTimer?.();
    cancelTimer = undefined;
  }

  return {
    take(purpose, go) {
      if (qps <= 0) {
        go();
        return () => undefined;
      }
      refill();
      if (line.next() === undefined && tokens >= 1) {
        tokens -= 1;
        go();
        return () => undefined;
      }
      const waiter = line.join(purpose, go, clock.nowMs());
      schedule();
      return () => {
        line.leave(waiter);
        schedule();
      };
    },
  };
}
