/**
 * `/dev/termination-log`: the file that the kubelet mounts into a container and shows in `kubectl describe pod` when it
 * ends. Written only where it exists, so that a laptop never gets one.
 */
import { openSync, closeSync, ftruncateSync, writeSync } from "node:fs";

/** The kubelet shows at most this much. */
const LIMIT_BYTES = 4096;

/** Replaces the reason; an empty text clears it. Never throws: the reason is in the log as well. */
export function writeTerminationLog(path: string, reason: string): void {
  let file: number;
  try {
    file = openSync(path, "r+");
  } catch {
    return;
  }
  try {
    ftruncateSync(file);
    writeSync(file, Buffer.from(reason).subarray(0, LIMIT_BYTES));
  } catch {
    // A read-only or full file system: nobody can be told this way.
  } finally {
    closeSync(file);
  }
}
