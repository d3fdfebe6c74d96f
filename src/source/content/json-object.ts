/**
 * Reads JSON inside a Secret: docker configurations and token claims. V8's JSON errors quote the input, so they are
 * dropped here.
 */
import type { UnknownRecord } from "./record.ts";
import { asRecord } from "./record.ts";

/** A JSON object from UTF-8 bytes; undefined for anything else. */
export function readJsonObject(bytes: Uint8Array): UnknownRecord | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return asRecord(value);
  } catch {
    return undefined;
  }
}
