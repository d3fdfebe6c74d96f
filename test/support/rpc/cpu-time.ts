/** CPU time of a piece of synchronous code, for limits on a turn of the event loop. Other processes do not count. */

/** Milliseconds of CPU of this thread; the least of some runs, because the first ones compile the code. */
export function cpuMs(run: () => void): number {
  let least = Infinity;
  for (let at = 0; at < RUNS; at += 1) {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

const RUNS = 5;
