/**
 * Hints that something below a folder changed, from chokidar. Only hints: they make a look happen soon, and the look is
 * what counts, so a hint that is missed costs at most the time to the next regular look.
 */
import { watch } from "chokidar";
import { Observable } from "rxjs";
import type { Log } from "../../log/events.ts";
import { errorCode } from "./read-listed-file.ts";

/** Cold; emits at every change below the folder, never errors. Unsubscribing closes the watcher. */
export function folderChanges(folder: string, log: Log): Observable<void> {
  return new Observable((subscriber) => {
    const watcher = watch(folder, { ignoreInitial: true, followSymlinks: true });
    const hint = (): void => {
      subscriber.next();
    };
    // `raw` too: the rename of `..data` is a change of a link, which chokidar's own events do not always tell.
    watcher.on("all", hint).on("raw", hint).on("ready", hint);
    watcher.on("error", (error) => {
      log("folder_watch_failed", { folder, cause: errorCode(error) });
    });
    return () => {
      void watcher.close();
    };
  });
}
