/**
 * A token bucket over all requests of the process to one API server (--api-qps, --api-burst): client-go's default
 * idea with room for the ninety watches of a names mode. Called by api-client.ts before each request; first come,
 * first served, but for a head start of what brings the state over what only keeps or checks it: after an outage a
 * hundred scopes would wait for each other's comparisons otherwise.
 */
import type { Clock, Timers } from "../../../core/time/clock.ts";

/** What a request does: bring the whole state, follow it, or only check it. */
export type RequestPurpose = "list" | "watch" | "check";

/**
 * A request waits as if it had come so much later, in ms; never for ever, whatever the others do. A check of one trouble
 * must still stand behind the watches of the next: at 10 s a hundred scopes took 8.8 s to be right again, now 5.
 */
const HANDICAP_MS: Readonly<Record<RequestPurpose, number>> = { list: 0, watch: 5_000, check: 30_000 };

/** The bucket. */
export interface RequestLimiter {
  /** Calls `go` when the request may be sent: at once, or later. Returns the way to give the place up. */
  take(purpose: RequestPurpose, go: () => void): () => void;
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

interface Waiter {
  readonly go: () => void;
  readonly purpose: RequestPurpose;
  readonly sinceMs: number;
  /** Its place in the order: the time it came, with its handicap. */
  readonly placeMs: number;
}

/** Those who wait, each kind in order of arrival. */
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

  /** The one whose turn it is; it stays. */
  next(): Waiter | undefined {
    const heads = Object.values(this.#queues).flatMap((queue) => queue.values().next().value ?? []);
    return heads.toSorted((a, b) => a.placeMs - b.placeMs)[0];
  }
}

/** A full bucket. */
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
      // A timer may fire a hair early; a token short by rounding is a token.
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
