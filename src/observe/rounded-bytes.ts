/**
 * Rounds sizes up to a power of two. Any process of the pod can read /metrics and /statusz, and the exact size of the data would
 * be the length of a password (docs/security.md).
 */

/** The smallest power of two that is not below `bytes`; 0 for 0. */
export function roundedBytes(bytes: number): number {
  return bytes === 0 ? 0 : 2 ** Math.ceil(Math.log2(bytes));
}
