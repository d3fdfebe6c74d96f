/**
 * Detects silence of a connection, correctly even after a stall of the event loop. After a stall, timers run before
 * sockets are read, so bytes that arrived in time would count as silence: the check waits until the sockets were read.
 */
import type { Clock, Timers } from "../../../core/time/clock.ts";

/** Runs until `stop` or `onSilent`. */
export interface SilenceWatch {
  /** Call it when bytes arrive. */
  onActivity(): void;
  /** `onSilent` is not called after this. */
  stop(): void;
}

/** Calls `onSilent` once, after `limitMs` without a call of `onActivity`. */
export function watchSilence(
  deps: { readonly clock: Clock; readonly timers: Timers },
  limitMs: number,
  onSilent: () => void,
): SilenceWatch {
  let activeAtMs = deps.clock.nowMs();
  let stopped = false;
  let cancel = arm(limitMs);

  function arm(delayMs: number): () => void {
    return deps.timers.after(delayMs, () => {
      afterSocketsAreRead(() => {
        if (stopped) return;
        const leftMs = activeAtMs + limitMs - deps.clock.nowMs();
        if (leftMs > 0) {
          cancel = arm(leftMs);
          return;
        }
        stopped = true;
        onSilent();
      });
    });
  }

  return {
    onActivity() {
      activeAtMs = deps.clock.nowMs();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** libuv runs timers, then poll (sockets), then check (setImmediate): the sockets are read before the task. */
export function afterSocketsAreRead(task: () => void): void {
  setImmediate(task);
}
