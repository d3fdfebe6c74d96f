/** Plain objects in parsed JSON and YAML, before anything is known about their fields. */

/** Fields by name. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

/** Whether a value is a plain object: neither null nor an array. */
export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a plain object, else undefined. */
export function asRecord(value: unknown): UnknownRecord | undefined {
  return isRecord(value) ? value : undefined;
}
