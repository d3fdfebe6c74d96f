/**
 * Time as everything in podkey reads it: injected, so that tests own it. Ages and deadlines use the monotonic
 * clock (a wall clock may jump an hour either way); only timestamps for people use the wall clock.
 */

/** The two clocks. */
export interface Clock {
  /** Monotonic time in milliseconds, from an arbitrary start. */
  nowMs(): number;
  /** Wall-clock time in milliseconds since the epoch. */
  wallMs(): number;
}

/** One-shot timers on the monotonic clock; injected beside the clock. */
export interface Timers {
  /** Runs `task` after `delayMs` (at most 24 days; callers re-arm). Returns the way to cancel it. */
  after(delayMs: number, task: () => void): () => void;
}
