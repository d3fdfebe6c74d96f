/**
 * Loaded into the built podkey by `--import`: its monotonic clock and its timers run `PODKEY_TEST_CLOCK_SPEED` times as
 * fast as the machine's, so that 90 s of silence pass in two. `/dev/termination-log` is the file that the test names, as
 * the kubelet's mount would make it. The wall clock stays as it is.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const speed = Number(process.env["PODKEY_TEST_CLOCK_SPEED"] ?? "1");
const terminationLog = process.env["PODKEY_TEST_TERMINATION_LOG"];
delete process.env["PODKEY_TEST_CLOCK_SPEED"];
delete process.env["PODKEY_TEST_TERMINATION_LOG"];

const realNow = performance.now.bind(performance);
const startMs = realNow();
performance.now = () => startMs + (realNow() - startMs) * speed;

/** A timer function whose delays are divided by the speed. */
function fast<Timer extends typeof setTimeout | typeof setInterval>(real: Timer): Timer {
  const wrapped = (task: () => void, delayMs = 0, ...rest: unknown[]): unknown =>
    (real as (...all: unknown[]) => unknown)(task, delayMs / speed, ...rest);
  return Object.assign(wrapped, real);
}
globalThis.setTimeout = fast(globalThis.setTimeout);
globalThis.setInterval = fast(globalThis.setInterval);

if (terminationLog !== undefined) {
  const realOpen = fs.openSync;
  fs.openSync = (path, ...rest) => realOpen(path === "/dev/termination-log" ? terminationLog : path, ...rest);
  syncBuiltinESMExports();
}
