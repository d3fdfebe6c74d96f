/**
 * Fast time: podkey's clock and timers run 50 times as fast as the machine's, so that its 90 s of silence pass in 1.8 s, while all its
 * parameters keep their values and relations. The seconds of the fake API server are shortened by the same factor.
 */
import type { SchedulerAction, SchedulerLike, Subscription } from "rxjs";
import { asyncScheduler } from "rxjs";
import type { Clock, Timers } from "../../../src/core/time/clock.ts";
import type { Behaviour } from "../../support/fake-api-server/server-context.ts";
import { REAL_BEHAVIOUR } from "../../support/fake-api-server/server-context.ts";

/** Milliseconds of podkey in one millisecond of the machine. */
export const LENS = 50;

/** podkey's clock, timers and scheduler. `jumpMs` moves only the wall clock. */
export class FastTime implements Clock, Timers {
  readonly #startMs = performance.now();
  jumpMs = 0;

  readonly scheduler: SchedulerLike = {
    now: () => this.nowMs(),
    schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delayMs = 0, state?: T): Subscription {
      return asyncScheduler.schedule(work, delayMs / LENS, state);
    },
  };

  nowMs(): number {
    return this.at(performance.now());
  }

  wallMs(): number {
    return Date.now() + this.jumpMs;
  }

  /** podkey's time for a time of the machine (`performance.now()`), which the fake logs. */
  at(machineMs: number): number {
    return (machineMs - this.#startMs) * LENS;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = setTimeout(task, delayMs / LENS);
    return () => {
      clearTimeout(timer);
    };
  }
}

/** The fake API server's behaviour in fast time. */
export const FAST_SERVER: Partial<Behaviour> = {
  bookmarkIntervalMs: REAL_BEHAVIOUR.bookmarkIntervalMs / LENS,
  secondMs: REAL_BEHAVIOUR.secondMs / LENS,
  freshnessWaitMs: REAL_BEHAVIOUR.freshnessWaitMs / LENS,
};
