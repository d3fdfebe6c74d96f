/**
 * Virtual time for a complete podkey: clock, timers and scheduler share it, and nothing happens before `advance`. A run of ten virtual minutes
 * takes a few milliseconds.
 */
import type { SchedulerLike } from "rxjs";
import { VirtualTimeScheduler } from "rxjs";
import type { Clock, Timers } from "../../../src/core/time/clock.ts";

const WALL_OFFSET_MS = 1_700_000_000_000;

/** See the file comment. */
export class HistoryTime implements Clock, Timers {
  readonly #virtual = new VirtualTimeScheduler(undefined, Infinity);

  get scheduler(): SchedulerLike {
    return this.#virtual;
  }

  nowMs(): number {
    return this.#virtual.now();
  }

  wallMs(): number {
    return WALL_OFFSET_MS + this.nowMs();
  }

  after(delayMs: number, task: () => void): () => void {
    const scheduled = this.#virtual.schedule(task, Math.max(0, delayMs));
    return () => {
      scheduled.unsubscribe();
    };
  }

  /** Runs everything that becomes due within this time. */
  advance(ms: number): void {
    const untilMs = this.nowMs() + ms;
    this.#virtual.maxFrames = untilMs;
    this.#virtual.flush();
    this.#virtual.frame = untilMs;
  }
}
