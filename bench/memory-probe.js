/**
 * Imported by `node --expose-gc --import ./bench/memory-probe.js dist/podkey.js …` (bench/source-memory.ts): at SIGUSR2
 * collects garbage and says the resident memory, its peak so far, and the heap on stderr. Never part of the product.
 */
import { setTimeout } from "node:timers";

/** What the collector gave up is unmapped by its own threads a moment later. */
const UNMAPPED_AFTER_MS = 200;

/** The collection of memory pressure: an ordinary one keeps up to 20 MiB of empty pages in V8's pool. */
const ALL = { type: "major", execution: "sync", flavor: "last-resort" };

process.on("SIGUSR2", () => {
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  for (let round = 0; round < 3; round += 1) globalThis.gc?.(ALL);
  setTimeout(() => {
    const { rss, heapUsed } = process.memoryUsage();
    process.stderr.write(`memory ${JSON.stringify({ rssBytes: rss, heapBytes: heapUsed, peakBytes })}\n`);
  }, UNMAPPED_AFTER_MS);
});
