/** Collects the bytes of one item or line that arrives in several chunks, up to a limit. Used by json-items.ts and lines.ts. */
import { SyncError } from "../../../sync/port/sync-error.ts";

/** The bytes so far. */
export interface ByteParts {
  /** @throws SyncError malformed beyond the limit. */
  add(part: Buffer): void;
  /** Returns all bytes and starts again. A single part is not copied. */
  take(): Buffer;
  sizeBytes(): number;
}

/** @param what for the message: "an item of a list". */
export function createByteParts(maxBytes: number, what: string): ByteParts {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    add(part) {
      size += part.length;
      if (size > maxBytes) {
        throw new SyncError(
          "malformed",
          `The API server sent ${what} of more than ${String(maxBytes)} bytes.`,
        );
      }
      if (part.length > 0) parts.push(part);
    },
    take() {
      const [first, ...others] = parts;
      const whole = first !== undefined && others.length === 0 ? first : Buffer.concat(parts, size);
      parts = [];
      size = 0;
      return whole;
    },
    sizeBytes: () => size,
  };
}
