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
