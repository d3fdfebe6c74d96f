/**
 * Reads JSON inside a Secret: docker configurations and token claims. V8's JSON errors quote the input, so they are
 * dropped here.
 */
import type { UnknownRecord } from "./record.ts";
import { asRecord } from "./record.ts";

/** The limit of an API server for all values of a Secret. Larger JSON could hold up the event loop. */
const MAX_JSON_BYTES = 1_048_576;

/** A JSON object from UTF-8 bytes of at most 1 MiB; undefined for anything else. */
export function readJsonObject(bytes: Uint8Array): UnknownRecord | undefined {
  if (bytes.byteLength > MAX_JSON_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return asRecord(value);
  } catch {
    return undefined;
  }
}
