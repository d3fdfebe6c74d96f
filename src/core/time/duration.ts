/**
 * Durations in flags, files and annotations: Go's form without fractions of a nanosecond (`90s`, `1h30m`, `250ms`, `0`). There is
 * one parser, so that a value means the same everywhere.
 */

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const WHOLE = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds, or undefined if the text is not a duration. `0` needs no unit. */
export function parseDurationMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  if (!WHOLE.test(trimmed)) return undefined;
  let sumMs = 0;
  for (const [, amount, unit] of trimmed.matchAll(PART)) {
    sumMs += Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
  }
  return Number.isSafeInteger(Math.round(sumMs)) ? Math.round(sumMs) : undefined;
}
