/**
 * Reads JSON inside a Secret: docker configurations and token claims. V8's JSON errors quote the input, so they are
 * dropped here.
 */

/** A JSON object from UTF-8 bytes; undefined for anything else. */
export function readJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
