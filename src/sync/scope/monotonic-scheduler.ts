/**
 * RxJS time on the monotonic clock. RxJS's own scheduler tells the wall clock, which may jump an hour either way; the
 * reflector's ages and deadlines must not. Made once by the composition root; tests inject a TestScheduler instead.
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
