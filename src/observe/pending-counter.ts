/**
 * Counters of the calls themselves: prom-client looks its labels up at every addition, which for the five counters of a
 * Get costs more than the Get's own lookup. Here a plain number is added to, and handed over when a scraper asks.
 */
import type { Counter } from "prom-client";

/** What counts. */
export interface PendingCounter {
  inc(): void;
}

/** Only the two methods are needed, whatever the label names. */
type AnyCounter = Pick<Counter, "labels">;

const pendingOf = new WeakMap<AnyCounter, (() => void)[]>();

/** A child of `counter` that is cheap to add to; its series appears with the first addition. */
export function pendingCounter(counter: AnyCounter, labels: Record<string, string>): PendingCounter {
  let pending = 0;
  const child = counter.labels(labels);
  const settle = (): void => {
    if (pending === 0) return;
    child.inc(pending);
    pending = 0;
  };
  const settles = pendingOf.get(counter);
  if (settles === undefined) pendingOf.set(counter, [settle]);
  else settles.push(settle);
  return {
    inc: () => {
      pending += 1;
    },
  };
}

/** Hands over what is pending; prom-client calls it (`collect`) before it reads the counter. */
export function settlePending(counter: AnyCounter): void {
  for (const settle of pendingOf.get(counter) ?? []) settle();
}
