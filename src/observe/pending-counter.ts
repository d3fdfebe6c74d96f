/**
 * Cheap counters for calls. prom-client looks up the labels at each increment, which for the five counters of a Get costs more
 * than the Get's own lookup. A pending counter increments a number, and adds it to the prom-client counter at a scrape.
 */
import type { Counter } from "prom-client";

/** A cheap counter. */
export interface PendingCounter {
  inc(): void;
}

type AnyCounter = Pick<Counter, "labels">;

const pendingOf = new WeakMap<AnyCounter, (() => void)[]>();

/** A child of `counter` with these labels. Its series appears with the first increment. */
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

/** Adds the pending increments; prom-client calls it (`collect`) before it reads the counter. */
export function settlePending(counter: AnyCounter): void {
  for (const settle of pendingOf.get(counter) ?? []) settle();
}
