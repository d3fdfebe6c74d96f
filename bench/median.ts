/**
 * The median of several rounds. bench/ does not use means, because one stolen time slice of a shared machine can move a mean
 * by any amount.
 */

/** The median of at least one number; the mean of the two middle ones for an even count. NaN for none. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The q-quantile (0 to 1) by linear interpolation; NaN for no numbers. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}
