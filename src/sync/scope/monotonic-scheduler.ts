/**
 * An RxJS scheduler on the monotonic clock. RxJS's own scheduler reads the wall clock, which may jump; the ages and
 * deadlines of a reflector must not. The app makes one; tests inject a TestScheduler instead.
 */
import type { SchedulerAction, SchedulerLike, Subscription } from "rxjs";
import { asyncScheduler } from "rxjs";
import type { Clock } from "../../core/time/clock.ts";

/** A scheduler whose timers are the runtime's and whose `now` is `clock.nowMs`. */
export function createMonotonicScheduler(clock: Clock): SchedulerLike {
  return {
    now: () => clock.nowMs(),
    schedule<T>(
      work: (this: SchedulerAction<T>, state?: T) => void,
      delayMs?: number,
      state?: T,
    ): Subscription {
      return asyncScheduler.schedule(work, delayMs, state);
    },
  };
}
