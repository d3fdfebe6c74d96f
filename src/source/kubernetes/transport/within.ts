/** A time limit for one step of connecting. Used by dial.ts and connection-pool.ts. */
import type { Clock, Timers } from "../../../core/time/clock.ts";
import type { SyncError } from "../../../sync/port/sync-error.ts";
import { watchSilence } from "./silence.ts";

/** The limit. */
export interface TimeLimit {
  readonly limitMs: number;
  /** What it rejects with when the time is up. */
  readonly late: SyncError;
  /** Frees what the step holds when the time is up. */
  readonly abandon: () => void;
}

/** Gives a step its time; bytes that came while the event loop slept count first (watch-engine scenario 42). */
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
