/**
 * Amounts: counts, rates, durations (`30m`, `1h30m`, `500ms`), byte sizes (`64MiB`) and file modes. A duration needs a unit:
 * `30` is rejected.
 */
import { parseDurationMs } from "../../core/time/duration.ts";
import type { Codec, Parsed } from "./codec.ts";
import { accepted, refused } from "./codec.ts";

/** Inclusive bounds of an amount. */
export interface Bounds {
  readonly least: number;
  readonly most?: number;
  /** Zero is also allowed, with this meaning: `off`, `no limit`. */
  readonly zeroMeans?: string;
}

function within(value: number, bounds: Bounds, show: (value: number) => string): Parsed<number> {
  if (value === 0 && bounds.zeroMeans !== undefined) return accepted(value);
  const zero = bounds.zeroMeans === undefined ? "" : `0 (${bounds.zeroMeans}) or `;
  if (value < bounds.least)
    return refused(`${show(value)} is too small; use ${zero}at least ${show(bounds.least)}`);
  if (bounds.most !== undefined && value > bounds.most) {
    return refused(`${show(value)} is too large; use at most ${show(bounds.most)}`);
  }
  return accepted(value);
}

/** A whole number. */
export function countCodec(bounds: Bounds): Codec<number> {
  return {
    placeholder: "N",
    list: false,
    parse: (text) =>
      /^\d{1,15}$/.test(text)
        ? within(Number(text), bounds, String)
        : refused(`"${text}" is not a whole number; write digits only`),
    format: String,
    jsonSchema: {
      type: "integer",
      minimum: bounds.zeroMeans === undefined ? bounds.least : 0,
      maximum: bounds.most,
    },
  };
}

/** A rate per second; fractions are allowed. */
export function rateCodec(bounds: Bounds): Codec<number> {
  return {
    placeholder: "PER_SECOND",
    list: false,
    parse: (text) =>
      /^\d{1,9}(\.\d{1,6})?$/.test(text)
        ? within(Number(text), bounds, String)
        : refused(`"${text}" is not a positive number; write it like 20 or 0.5`),
    format: String,
    jsonSchema: { type: "number", minimum: bounds.least, maximum: bounds.most },
  };
}

const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

/** A duration in milliseconds: `500ms`, `30s`, `1h30m`, `0`. */
export function durationCodec(bounds: Bounds): Codec<number> {
  return {
    placeholder: "DURATION",
    list: false,
    parse: (text) => {
      if (text === "0") return within(0, bounds, formatDuration);
      if (/^\d+$/.test(text))
        return refused(`"${text}" has no unit; write ${text}s for seconds or ${text}m for minutes`);
      const durationMs = parseDurationMs(text);
      if (durationMs === undefined)
        return refused(`"${text}" is not a valid duration; write it like 500ms, 30s, 1h30m`);
      return within(durationMs, bounds, formatDuration);
    },
    format: formatDuration,
    jsonSchema: { oneOf: [{ type: "string", pattern: "^([0-9]+([.][0-9]+)?(ms|s|m|h|d))+$" }, { const: 0 }] },
  };
}

/** Milliseconds as the shortest exact text, such as `1h30m`. */
export function formatDuration(totalMs: number): string {
  let rest = totalMs;
  let text = "";
  for (const [unit, unitMs] of DURATION_UNITS) {
    const amount = Math.floor(rest / unitMs);
    rest -= amount * unitMs;
    if (amount > 0) text += `${String(amount)}${unit}`;
  }
  return text === "" ? "0" : text;
}

const BYTE_UNITS: ReadonlyMap<string, number> = new Map([
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
  ["GB", 1000 ** 3],
  ["MB", 1000 ** 2],
  ["KB", 1000],
  ["B", 1],
]);

/** A size in bytes: `64MiB`, `500KB`, `1048576`. */
export function byteSizeCodec(bounds: Bounds): Codec<number> {
  return {
    placeholder: "BYTES",
    list: false,
    parse: (text) => {
      const [, amount, unit = "B"] = /^(\d{1,15})([KMG]i?B|B)?$/.exec(text) ?? [];
      if (amount === undefined)
        return refused(`"${text}" is not a valid size; write it like 64MiB, 500KB or 1048576`);
      return within(Number(amount) * (BYTE_UNITS.get(unit) ?? 1), bounds, formatBytes);
    },
    format: formatBytes,
    jsonSchema: { oneOf: [{ type: "string", pattern: "^\\d{1,15}([KMG]i?B|B)?$" }, { type: "integer" }] },
  };
}

/** Bytes as the shortest exact text, such as `64MiB`. */
export function formatBytes(sizeBytes: number): string {
  for (const [unit, unitBytes] of BYTE_UNITS) {
    if (sizeBytes >= unitBytes && sizeBytes % unitBytes === 0)
      return `${String(sizeBytes / unitBytes)}${unit}`;
  }
  return `${String(sizeBytes)}B`;
}

/** A file mode in octal, such as `0660`; permission bits only. */
export const fileModeCodec: Codec<number> = {
  placeholder: "MODE",
  list: false,
  parse: (text) => {
    const [, digits] = /^(?:0o)?([0-7]{3,4})$/.exec(text) ?? [];
    const mode = digits === undefined ? Number.NaN : Number.parseInt(digits, 8);
    if (!(mode <= 0o777)) return refused(`"${text}" is not a valid file mode; write it in octal, like 0660`);
    return accepted(mode);
  },
  format: formatFileMode,
  jsonSchema: { type: "string", pattern: "^(0o)?0?[0-7]{3}$" },
};

/** Four octal digits. */
function formatFileMode(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
