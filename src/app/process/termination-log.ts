/**
 * `/dev/termination-log`: the kubelet mounts this file into a container and shows it in `kubectl describe pod` after the
 * container exits. It is written only if it exists, which it does not on a laptop.
 */
import { openSync, closeSync, ftruncateSync, writeSync } from "node:fs";

/** The limit of the kubelet. */
const LIMIT_BYTES = 4096;

/** Replaces the content. Never throws: the reason is also in the log. */
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
    // The file system is read-only or full.
  } finally {
    closeSync(file);
  }
}
