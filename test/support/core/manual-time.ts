/**
 * Clock and timers that a test owns: nothing happens until `advance`. Timers due at the same moment run in the order in
 * which they were set; a timer set by a timer runs in the same `advance` when it falls due within it.
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

  /** Lets the wall clock jump, as NTP or a person does; the monotonic clock goes on. */
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

  /** How many timers are set; zero after a clean stop. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Moves both clocks on, running what falls due on the way. */
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
