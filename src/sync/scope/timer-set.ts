/**
 * One-shot timers by name on an injected scheduler. Setting a name again replaces its timer; after `clear` none fires. After
 * a blocked event loop the sockets are read before a timer decides that they were silent (the runtime fires timers first).
 */
import type { SchedulerLike, Subscription } from "rxjs";
import { SYNC_PARAMETERS } from "../port/parameters.ts";

const { lateMs: LATE_MS, graceMs: GRACE_MS } = SYNC_PARAMETERS.timers;

/** See the file comment. */
export class TimerSet<Name extends string> {
  readonly #scheduler: SchedulerLike;
  readonly #fire: (name: Name) => void;
  readonly #timers = new Map<Name, Subscription>();

  constructor(scheduler: SchedulerLike, fire: (name: Name) => void) {
    this.#scheduler = scheduler;
    this.#fire = fire;
  }

  /** Fires `name` after the delay, in milliseconds; replaces an earlier timer of that name. */
  arm(name: Name, delayMs: number): void {
    const dueAtMs = this.#scheduler.now() + delayMs;
    this.#schedule(name, delayMs, () => {
      if (this.#scheduler.now() - dueAtMs > LATE_MS) this.#schedule(name, GRACE_MS, () => this.#fire(name));
      else this.#fire(name);
    });
  }

  /** Cancels the timer of that name, if there is one. */
  disarm(name: Name): void {
    this.#timers.get(name)?.unsubscribe();
    this.#timers.delete(name);
  }

  #schedule(name: Name, delayMs: number, task: () => void): void {
    this.disarm(name);
    const timer = this.#scheduler.schedule(() => {
      if (this.#timers.get(name) !== timer) return;
      this.#timers.delete(name);
      task();
    }, delayMs);
    this.#timers.set(name, timer);
  }

  /** Cancels all timers. */
  clear(): void {
    for (const timer of this.#timers.values()) timer.unsubscribe();
    this.#timers.clear();
  }
}
