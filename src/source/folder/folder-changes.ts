/**
 * Reports changes below a folder, from chokidar. A report only triggers a poll, so a missed one delays a change until the
 * next regular poll.
 */
import { watch } from "chokidar";
import { Observable } from "rxjs";
import type { Log } from "../../log/events.ts";
import { errorCode } from "./read-listed-file.ts";

/** Cold; emits at every change below the folder, never fails. Unsubscribing closes the watcher. */
export function folderChanges(folder: string, log: Log): Observable<void> {
  return new Observable((subscriber) => {
    const watcher = watch(folder, { ignoreInitial: true, followSymlinks: true });
    const notify = (): void => {
      subscriber.next();
    };
    // `raw` too, because chokidar's own events can miss the rename of the `..data` link.
    watcher.on("all", notify).on("raw", notify).on("ready", notify);
    watcher.on("error", (error) => {
      log("folder_watch_failed", { folder, cause: errorCode(error) });
    });
    return () => {
      void watcher.close();
    };
  });
}
