/**
 * Times and durations in kubectl's format: `45s`, `3m20s`, `5h`, `13d`. Used by tables and the live view; JSON and YAML
 * use RFC 3339.
 */

/** A protobuf Timestamp or Duration as the client receives it. */
export interface SecondsAndNanos {
  readonly seconds: string;
  readonly nanos: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Milliseconds (since the epoch, or of a duration); undefined where the field is unset. */
export function toMs(time: SecondsAndNanos | null | undefined): number | undefined {
  return time === null || time === undefined
    ? undefined
    : Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6);
}

/** RFC 3339 to the second, as Kubernetes prints times. */
export function toRfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A duration in at most two units, as duration.HumanDuration of apimachinery prints it. A negative one is 0. */
export function humanDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 10 * MINUTE) return pair(seconds, MINUTE, "m", 1, "s");
  if (seconds < 3 * HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  if (seconds < 8 * HOUR) return pair(seconds, HOUR, "h", MINUTE, "m");
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)}h`;
  if (seconds < 8 * DAY) return pair(seconds, DAY, "d", HOUR, "h");
  if (seconds < 2 * YEAR) return `${Math.floor(seconds / DAY)}d`;
  if (seconds < 8 * YEAR) return pair(seconds, YEAR, "y", DAY, "d");
  return `${Math.floor(seconds / YEAR)}y`;
}

function pair(seconds: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % big) / small);
  return `${Math.floor(seconds / big)}${bigUnit}${rest === 0 ? "" : `${rest}${smallUnit}`}`;
}

/** `in 13d` or `2h ago`: when something expires or expired. */
export function humanExpiry(expireMs: number, nowMs: number): string {
  return expireMs > nowMs
    ? `in ${humanDuration(expireMs - nowMs)}`
    : `${humanDuration(nowMs - expireMs)} ago`;
}
