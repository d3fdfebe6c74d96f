/**
 * Parses all JSON that comes from an API server. V8 puts a piece of the text into the message of a SyntaxError, and the
 * text may be a Secret: that error is dropped here and never becomes a cause.
 */
import { SyncError } from "../../../sync/port/sync-error.ts";

/**
 * Parses UTF-8 JSON.
 * @param what for the message: "a watch event", "a list".
 * @throws SyncError malformed, without any of the text.
 */
export function parseJson(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new SyncError(
      "malformed",
      `The API server sent ${what} of ${String(bytes.length)} bytes that is not JSON.`,
    );
  }
}

/** A non-empty string, or undefined for anything else. */
export function asText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
