/**
 * Detects changes of the configuration file. It watches the folder, because editors replace the file, and the kubelet swaps a
 * symbolic link. The reader compares contents, so extra notifications are harmless.
 */
import { watch } from "node:fs";
import { dirname } from "node:path";
import type { Timers } from "../../core/time/clock.ts";

/** A change causes several notifications. The file is read once, after the last. */
const SETTLE_MS = 100;

/** Calls `changed` after each change of the folder; returns a function that stops it. */
export function watchFile(
  path: string,
  deps: { readonly timers: Timers; readonly changed: () => void },
): () => void {
  let cancel: (() => void) | undefined;
  try {
    const watcher = watch(dirname(path), { persistent: false }, () => {
      cancel?.();
      cancel = deps.timers.after(SETTLE_MS, deps.changed);
    });
    // The folder was removed. SIGHUP still works.
    watcher.on("error", () => undefined);
    return () => {
      cancel?.();
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}
