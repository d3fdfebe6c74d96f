/**
 * Imported by `node --expose-gc --import ./bench/probe.js dist/podkey.js …`: answers the signals of a benchmark on stderr,
 * one JSON line each. Never part of the product.
 *
 * SIGUSR2: collects garbage, then `memory {"beforeBytes","rssBytes","heapBytes"}`.
 * SIGWINCH: runs one setImmediate after the other for 150 ms, then `stall {"ms"}`, the longest time between two.
 */
import { setImmediate, setTimeout } from "node:timers";

const SPIN_MS = 150;

function say(what, facts) {
  process.stderr.write(`${what} ${JSON.stringify(facts)}\n`);
}

process.on("SIGUSR2", () => {
  const beforeBytes = process.memoryUsage.rss();
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  // Threads of the collector unmap the freed pages a moment later.
  setTimeout(() => {
    const { rss, heapUsed } = process.memoryUsage();
    say("memory", { beforeBytes, rssBytes: rss, heapBytes: heapUsed });
  }, 100);
});

process.on("SIGWINCH", () => {
  const endMs = performance.now() + SPIN_MS;
  let lastMs = performance.now();
  let longestMs = 0;
  const turn = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (nowMs < endMs) setImmediate(turn);
    else say("stall", { ms: longestMs });
  };
  say("spinning", {});
  setImmediate(turn);
});
