/**
 * One timer for the earliest of many deadlines (staleness, end of an overlap). When it fires, the store checks all of
 * them. A deadline that moves later does not reset the timer, so applying an event rarely creates one.
 */
import type { Clock, Timers } from "../core/time/clock.ts";

/** Calls `ring` once, at the earliest time that was set or soon after. */
export class Alarm {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #ring: () => void;
  #atMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(deps: { readonly clock: Clock; readonly timers: Timers }, ring: () => void) {
    this.#clock = deps.clock;
    this.#timers = deps.timers;
    this.#ring = ring;
  }

  /** Sets the alarm to this time of the monotonic clock, unless it is set to an earlier time. */
  setNoLaterThan(atMs: number): void {
    if (this.#atMs !== undefined && this.#atMs <= atMs) return;
    this.#cancel?.();
    this.#atMs = atMs;
    this.#cancel = this.#timers.after(Math.max(0, atMs - this.#clock.nowMs()), () => {
      this.#atMs = undefined;
      this.#ring();
    });
  }

  /** Unsets the alarm. */
  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#atMs = undefined;
  }
}
