/** Limits the time of one step of connecting. Used by dial.ts and connection-pool.ts. */
import type { Clock, Timers } from "../../../core/time/clock.ts";
import type { SyncError } from "../../../sync/port/sync-error.ts";
import { watchSilence } from "./silence.ts";

/** The limit and what happens after it. */
export interface TimeLimit {
  readonly limitMs: number;
  /** The rejection after the limit. */
  readonly late: SyncError;
  /** Releases the resources of the step after the limit. */
  readonly abandon: () => void;
}

/** Rejects after the limit; a step that completed during a stall of the event loop still counts as in time. */
export function within<T>(
  deps: { readonly clock: Clock; readonly timers: Timers },
  step: Promise<T>,
  limit: TimeLimit,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const watch = watchSilence(deps, limit.limitMs, () => {
      reject(limit.late);
      limit.abandon();
    });
    const settle = (): void => {
      watch.stop();
    };
    step.then(resolve, reject).finally(settle);
  });
}
