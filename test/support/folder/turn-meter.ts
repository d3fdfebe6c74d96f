/** Measures how much processor time of the main thread each turn of the event loop takes, also on a busy machine. */

import { setImmediate as nextTurn } from "node:timers/promises";

/** Runs `work` and returns the longest turn meanwhile, in milliseconds of processor time. */
export async function longestTurnMs(work: () => Promise<void>): Promise<number> {
  let longestMs = 0;
  let isDone = false;
  let before = cpuMs();
  const turn = (): void => {
    const now = cpuMs();
    longestMs = Math.max(longestMs, now - before);
    before = now;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  // The turn in which the work ended counts too.
  await nextTurn();
  isDone = true;
  return longestMs;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
