/**
 * Imported by `node --expose-gc --import ./bench/memory-probe.js dist/podkey.js …` (bench/source-memory.ts): at SIGUSR2
 * collects garbage and writes the resident memory, its peak so far, and the heap to stderr. Never part of the product.
 */
import { setTimeout } from "node:timers";

/** Threads of the collector unmap the freed pages a moment later. */
const UNMAPPED_AFTER_MS = 200;

/** The collection for memory pressure; an ordinary one keeps up to 20 MiB of empty pages in V8's pool. */
const ALL = { type: "major", execution: "sync", flavor: "last-resort" };

process.on("SIGUSR2", () => {
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  for (let round = 0; round < 3; round += 1) globalThis.gc?.(ALL);
  setTimeout(() => {
    const { rss, heapUsed } = process.memoryUsage();
    process.stderr.write(`memory ${JSON.stringify({ rssBytes: rss, heapBytes: heapUsed, peakBytes })}\n`);
  }, UNMAPPED_AFTER_MS);
});
