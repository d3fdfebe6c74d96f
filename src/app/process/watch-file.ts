/**
 * Notices that the configuration file changed. Watches its folder, not the file: editors and the kubelet (a ConfigMap is
 * a symbolic link that is swapped) replace a file instead of writing into it. A hint only: the reader compares contents.
 */
import { watch } from "node:fs";
import { dirname } from "node:path";
import type { Timers } from "../../core/time/clock.ts";

/** Several hints come for one change; the file is read once, after the last. */
const SETTLE_MS = 100;

/** Calls `changed` after each change of the folder; returns the way to stop. */
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
    // The folder was taken away: SIGHUP still works.
    watcher.on("error", () => undefined);
    return () => {
      cancel?.();
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}
