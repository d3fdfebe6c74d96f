/**
 * Cuts the body of a watch into lines, at bytes: a chunk may end inside a line, a character or anywhere else. Called
 * by watch.ts. A line is never cut off and never skipped: one that is too long ends the stream.
 */
import { SyncError } from "../../../sync/port/sync-error.ts";

const NEWLINE = 0x0a;

/** Collects chunks and hands out whole lines. */
export interface LineSplitter {
  /**
   * Takes a chunk and yields each line that it completes, without the newline; blank lines are left out. Lazy, so that
   * the lines before a broken one have been used when it throws.
   * @throws SyncError malformed when a line grows beyond the limit.
   */
  push(chunk: Buffer): Generator<Buffer, void, undefined>;
  /** Bytes of an unfinished line; above 0 at the end of a stream the last line was cut off. */
  pendingBytes(): number;
}

/** @param maxLineBytes longest line that is kept. */
export function createLineSplitter(maxLineBytes: number): LineSplitter {
  let parts: Buffer[] = [];
  let pending = 0;

  const hold = (part: Buffer): void => {
    pending += part.length;
    if (pending > maxLineBytes) {
      throw new SyncError(
        "malformed",
        `The API server sent a line of more than ${String(maxLineBytes)} bytes.`,
      );
    }
    if (part.length > 0) parts.push(part);
  };

  const takeLine = (): Buffer => {
    const [first, ...rest] = parts;
    const line = first !== undefined && rest.length === 0 ? first : Buffer.concat(parts, pending);
    parts = [];
    pending = 0;
    return line;
  };

  return {
    *push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        hold(chunk.subarray(from, at));
        from = at + 1;
        const line = takeLine();
        if (!isBlank(line)) yield line;
      }
      hold(chunk.subarray(from));
    },
    pendingBytes: () => pending,
  };
}

/** Only JSON's own blanks: a stream may carry empty lines as a sign of life. */
function isBlank(line: Buffer): boolean {
  return line.length < 3 && line.every((byte) => byte === 0x0d || byte === 0x20 || byte === 0x09);
}
