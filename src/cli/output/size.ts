/**
 * Sizes for people: exact below 1 KiB, then with one decimal. Scripts use `-o json`, which has the number of bytes.
 */

const UNITS = ["KiB", "MiB", "GiB"] as const;

/** `24 B`, `1.7 KiB`, `3.0 MiB`. */
export function humanSize(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} B`;
  let amount = sizeBytes / 1024;
  let unit: string = UNITS[0];
  for (const next of UNITS.slice(1)) {
    if (amount < 1024) break;
    amount /= 1024;
    unit = next;
  }
  return `${amount.toFixed(1)} ${unit}`;
}
