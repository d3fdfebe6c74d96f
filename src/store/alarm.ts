/**
 * One timer that is only ever pulled forward: the store sets it for the next deadline (staleness, end of an overlap)
 * and evaluates everything anew when it fires. Deadlines that move away are not re-armed one by one, so an event costs
 * no timer.
 */
import type { Clock, Timers } from "../core/time/clock.ts";

/** Calls `ring` at or soon after the earliest moment that was set; then it is unset. */
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

  /** Sees to it that the alarm rings at this moment of the monotonic clock, unless it rings earlier anyway. */
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
