/**
 * Splits the body of a watch into lines. A chunk may end inside a line or a character. Called by watch.ts. A line that
 * is too long ends the stream; no line is truncated or skipped.
 */
import { createByteParts } from "./byte-parts.ts";

const NEWLINE = 0x0a;

/** Collects chunks and returns complete lines. */
export interface LineSplitter {
  /**
   * Yields each line that the chunk completes, without the newline and without blank lines. Lazy: the lines before a
   * line that is too long are used before it throws.
   * @throws SyncError malformed if a line exceeds the limit.
   */
  push(chunk: Buffer): Generator<Buffer, void, undefined>;
  /** Bytes of an unfinished line; above 0 at the end of a stream the last line is truncated. */
  pendingBytes(): number;
}

/** @param maxLineBytes the longest line that is accepted. */
export function createLineSplitter(maxLineBytes: number): LineSplitter {
  const parts = createByteParts(maxLineBytes, "a line");
  return {
    *push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        parts.add(chunk.subarray(from, at));
        from = at + 1;
        const line = parts.take();
        if (!isBlank(line)) yield line;
      }
      parts.add(chunk.subarray(from));
    },
    pendingBytes: () => parts.sizeBytes(),
  };
}

/** JSON's own blanks only: a stream may send empty lines as a keep-alive. */
function isBlank(line: Buffer): boolean {
  return line.length < 3 && line.every((byte) => byte === 0x0d || byte === 0x20 || byte === 0x09);
}
