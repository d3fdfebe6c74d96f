/**
 * Loaded into the built podkey by `--import`: its monotonic clock and its timers run `PODKEY_TEST_LENS` times as fast as
 * the machine's, so that 90 s of silence pass in two, and `/dev/termination-log` is the file that the test names, as the
 * kubelet's mount would make it. The wall clock, and everything else, stays as it is.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const lens = Number(process.env["PODKEY_TEST_LENS"] ?? "1");
const terminationLog = process.env["PODKEY_TEST_TERMINATION_LOG"];
delete process.env["PODKEY_TEST_LENS"];
delete process.env["PODKEY_TEST_TERMINATION_LOG"];

const realNow = performance.now.bind(performance);
const startMs = realNow();
performance.now = () => startMs + (realNow() - startMs) * lens;

/** A timer function with its delay seen through the lens. */
function hurried<Timer extends typeof setTimeout | typeof setInterval>(real: Timer): Timer {
  const wrapped = (task: () => void, delayMs = 0, ...rest: unknown[]): unknown =>
    (real as (...all: unknown[]) => unknown)(task, delayMs / lens, ...rest);
  return Object.assign(wrapped, real);
}
globalThis.setTimeout = hurried(globalThis.setTimeout);
globalThis.setInterval = hurried(globalThis.setInterval);

if (terminationLog !== undefined) {
  const realOpen = fs.openSync;
  fs.openSync = (path, ...rest) => realOpen(path === "/dev/termination-log" ? terminationLog : path, ...rest);
  syncBuiltinESMExports();
}
