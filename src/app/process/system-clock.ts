/**
 * The real clocks and timers. Made once by `app.ts`; everything below it gets them injected.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";

/** setTimeout takes 31 bits; a longer delay would fire at once. */
const LONGEST_DELAY_MS = 2_147_483_647;

/** Monotonic and wall clock of this machine. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
};

/** Timers that do not keep the process alive: listeners and watches do that, for as long as it is meant to live. */
export const systemTimers: Timers = {
  after: (delayMs, task) => {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_DELAY_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
