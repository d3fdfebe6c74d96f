/**
 * The clocks of podkey. They are injected, so that tests control them. Ages and deadlines use the monotonic clock, because the
 * wall clock may jump; only timestamps for people use the wall clock.
 */

/** The two clocks. */
export interface Clock {
  /** Monotonic time in milliseconds, from an arbitrary start. */
  nowMs(): number;
  /** Wall-clock time in milliseconds since the epoch. */
  wallMs(): number;
}

/** One-shot timers on the monotonic clock; injected together with the clock. */
export interface Timers {
  /** Runs `task` after `delayMs` (at most 24 days; callers set it again). Returns a function that cancels it. */
  after(delayMs: number, task: () => void): () => void;
}
