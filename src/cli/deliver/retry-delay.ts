/**
 * The pause between two attempts to write a file of --write or to start the command of --exec.
 */

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** Milliseconds after the n-th failure in a row: 1 s, doubled each time, at most 30 s. */
export function retryDelayMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
}
