/**
 * Tells when something has been silent for too long, without being fooled by podkey's own sleep. After a stall of the
 * event loop timers run before sockets are read, so bytes that came long ago would look like silence: the verdict
 * waits until the sockets have been read once.
 */
import type { Clock, Timers } from "../../../core/time/clock.ts";

/** A running watch over silence. */
export interface SilenceWatch {
  /** A sign of life. */
  onActivity(): void;
  /** Ends it; `onSilent` will not be called any more. */
  stop(): void;
}

/** Calls `onSilent` once, when no `onActivity` came for `limitMs`. */
export function watchSilence(
  deps: { readonly clock: Clock; readonly timers: Timers },
  limitMs: number,
  onSilent: () => void,
): SilenceWatch {
  let lifeAtMs = deps.clock.nowMs();
  let stopped = false;
  let cancel = arm(limitMs);

  function arm(delayMs: number): () => void {
    return deps.timers.after(delayMs, () => {
      afterSocketsAreRead(() => {
        if (stopped) return;
        const leftMs = lifeAtMs + limitMs - deps.clock.nowMs();
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
      lifeAtMs = deps.clock.nowMs();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** libuv's order is timers, then poll (sockets), then check (setImmediate): the task sees what the sockets held. */
export function afterSocketsAreRead(task: () => void): void {
  setImmediate(task);
}
