/**
 * Where log lines leave the process, without ever holding it up: a line that finds no room waits in a bounded buffer,
 * beyond it lines are dropped and counted, and at the end of the process a reader that does not read gets a moment, not
 * for ever. sonic-boom, pino's own sink, does not keep that: its `flushSync` tries again for ever on a full pipe and on
 * one that nobody reads. Made by logger.ts.
 */
import { writeSync } from "node:fs";
import type { Timers } from "../core/time/clock.ts";

/** What a sink needs. */
export interface LineSinkDeps {
  /**
   * Writes bytes, returns how many were taken, throws as `fs.writeSync` does. Must not block: EAGAIN is understood.
   */
  readonly write: (bytes: Uint8Array) => number;
  readonly timers: Timers;
  /** Waits a while, synchronously; only at the end of the process. */
  readonly pause: (ms: number) => void;
  /** So many lines were dropped. */
  readonly lost: (lines: number) => void;
  /** There is room again after so many lines were dropped; what is written now comes behind all that waited. */
  readonly regained: (lines: number) => void;
}

/** Lines that wait for a reader, in bytes. */
const BUFFER_LIMIT_BYTES = 1_048_576;

/** How often it is tried whether a reader has made room. */
const RETRY_MS = 50;

/** What a reader gets at the end: so many tries, so far apart. */
const LAST_TRIES = { count: 20, apartMs: 10 } as const;

/** See the file comment. */
export class LineSink {
  readonly #deps: LineSinkDeps;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #lostLines = 0;
  #isRetryDue = false;

  constructor(deps: LineSinkDeps) {
    this.#deps = deps;
  }

  /** Takes one line with its end. Never throws and never blocks. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.byteLength > BUFFER_LIMIT_BYTES) {
      this.#lose(1);
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    // Behind lines that wait for the next try it waits too.
    if (!this.#isRetryDue) this.#drain();
  }

  /** Writes what waits, within a fifth of a second; what finds no room by then is lost. */
  flush(): void {
    for (let left: number = LAST_TRIES.count; this.#writeAll() === "full"; left -= 1) {
      if (left === 0) {
        this.#loseWaiting();
        return;
      }
      this.#deps.pause(LAST_TRIES.apartMs);
    }
  }

  #drain(): void {
    const end = this.#writeAll();
    if (end === "full") this.#retryLater();
    else if (end === "done" && this.#lostLines > 0) {
      const lines = this.#lostLines;
      this.#lostLines = 0;
      this.#deps.regained(lines);
    }
  }

  #retryLater(): void {
    this.#isRetryDue = true;
    this.#deps.timers.after(RETRY_MS, () => {
      this.#isRetryDue = false;
      this.#drain();
    });
  }

  #writeAll(): "done" | "full" | "gone" {
    try {
      for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
        const taken = this.#deps.write(first);
        this.#waitingBytes -= taken;
        if (taken === first.byteLength) this.#waiting.shift();
        else this.#waiting[0] = first.subarray(taken);
      }
      return "done";
    } catch (error) {
      if (isFull(error)) return "full";
      // The reader is gone or the disk is full. The next line tries again: a named pipe may get a new reader.
      this.#loseWaiting();
      return "gone";
    }
  }

  #loseWaiting(): void {
    const lines = this.#waiting.length;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (lines > 0) this.#lose(lines);
  }

  #lose(lines: number): void {
    this.#lostLines += lines;
    this.#deps.lost(lines);
  }
}

/** Writes to a file descriptor: a file, or a pipe or socket that does not block (`process.stdout` makes its own so). */
export function writeTo(fd: number): LineSinkDeps["write"] {
  return (bytes) => writeSync(fd, bytes);
}

/** Holds the one thread up; at the end of the process there is nothing else to do. */
export function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
