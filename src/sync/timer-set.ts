/**
 * One-shot timers by name on an injected scheduler; arming a name again replaces its timer. Owned by the driver of a
 * scope. Keeps true that after `clear` nothing fires any more.
 */
import type { SchedulerLike, Subscription } from "rxjs";

/** See the file comment. */
export class TimerSet<Name extends string> {
  readonly #scheduler: SchedulerLike;
  readonly #fire: (name: Name) => void;
  readonly #timers = new Map<Name, Subscription>();

  constructor(scheduler: SchedulerLike, fire: (name: Name) => void) {
    this.#scheduler = scheduler;
    this.#fire = fire;
  }

  /** Fires `name` after the delay, in milliseconds; an earlier timer of that name is gone. */
  arm(name: Name, delayMs: number): void {
    this.disarm(name);
    const timer = this.#scheduler.schedule(() => {
      if (this.#timers.get(name) !== timer) return;
      this.#timers.delete(name);
      this.#fire(name);
    }, delayMs);
    this.#timers.set(name, timer);
  }

  /** Forgets the timer of that name, if there is one. */
  disarm(name: Name): void {
    this.#timers.get(name)?.unsubscribe();
    this.#timers.delete(name);
  }

  /** Forgets all timers. */
  clear(): void {
    for (const timer of this.#timers.values()) timer.unsubscribe();
    this.#timers.clear();
  }
}
