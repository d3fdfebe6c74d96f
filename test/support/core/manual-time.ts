/**
 * Clock and timers that a test controls: nothing happens until `advance`. Timers that are due at the same moment run in the order in which
 * they were set. A timer that is set by a timer runs in the same `advance` if it is due within it.
 */
import type { Clock, Timers } from "../../../src/core/time/clock.ts";

/** See the file comment. */
export class ManualTime implements Clock, Timers {
  #nowMs = 1000;
  #wallOffsetMs = 1_700_000_000_000;
  #pending: { readonly atMs: number; readonly task: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  /** Makes the wall clock jump, as NTP or a person does; the monotonic clock continues. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), task };
    this.#pending.push(timer);
    return () => {
      this.#pending = this.#pending.filter((one) => one !== timer);
    };
  }

  /** The number of timers that are set; zero after a clean stop. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Advances both clocks and runs the timers that become due. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const due = this.#pending.filter((one) => one.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#pending = this.#pending.filter((one) => one !== due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.task();
    }
    this.#nowMs = untilMs;
  }
}
