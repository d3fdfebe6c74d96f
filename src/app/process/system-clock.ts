/**
 * The clocks and timers of the system. All other code gets them injected.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";

/** setTimeout fires at once for a delay of more than 31 bits. */
const LONGEST_DELAY_MS = 2_147_483_647;

/** Monotonic and wall clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
};

/** Timers that do not keep the process alive. Listeners and watches do. */
export const systemTimers: Timers = {
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_DELAY_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
