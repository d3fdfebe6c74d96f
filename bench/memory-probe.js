/**
 * Imported by `node --expose-gc --import ./bench/memory-probe.js dist/podkey.js …` (bench/source-memory.ts): at SIGUSR2
 * collects garbage and says the resident memory, and its peak so far, on stderr. Never part of the product.
 */
process.on("SIGUSR2", () => {
  const beforeBytes = process.memoryUsage.rss();
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.stderr.write(
    `memory ${JSON.stringify({ beforeBytes, rssBytes: process.memoryUsage.rss(), peakBytes })}\n`,
  );
});
