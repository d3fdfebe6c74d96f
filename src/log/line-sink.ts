/**
 * Writes log lines without blocking the process. If the output is full, lines wait in a bounded buffer; further lines are
 * dropped and counted. The flush at the end of the process has a time limit. The sink of pino, sonic-boom, does not
 * meet this: its `flushSync` retries indefinitely on a full pipe.
 */
import { writeSync } from "node:fs";
import type { Timers } from "../core/time/clock.ts";

export interface LineSinkDeps {
  /**
   * Writes bytes and returns how many were written. Must not block. @throws as `fs.writeSync` does; EAGAIN means full.
   */
  readonly write: (bytes: Uint8Array) => number;
  readonly timers: Timers;
  /** Blocks the thread; used only by `flush`. */
  readonly pause: (ms: number) => void;
  /** Called with the number of dropped lines. */
  readonly lost: (lines: number) => void;
  /** Called with the number of dropped lines after all waiting lines were written. */
  readonly regained: (lines: number) => void;
}

/** Bytes of waiting lines. */
const BUFFER_LIMIT_BYTES = 1_048_576;

/** Interval of retries while the output is full. */
const RETRY_MS = 50;

/** The retries of `flush`: 0.2 s in all. */
const LAST_TRIES = { count: 20, apartMs: 10 } as const;

/** A log output that does not block. */
export class LineSink {
  readonly #deps: LineSinkDeps;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #lostLines = 0;
  #isRetryDue = false;

  constructor(deps: LineSinkDeps) {
    this.#deps = deps;
  }

  /** Writes a line that ends in a newline. Never throws and never blocks. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.byteLength > BUFFER_LIMIT_BYTES) {
      this.#lose(1);
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    // While a retry is due, lines before this one are waiting.
    if (!this.#isRetryDue) this.#drain();
  }

  /** Writes the waiting lines, for at most 0.2 s; lines that are still waiting then are dropped. */
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
      // The reader is gone or the disk is full. The next line is tried again: a named pipe can get a new reader.
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

/** Writes to a file, or to a non-blocking pipe or socket (`process.stdout` sets its own non-blocking). */
export function writeTo(fd: number): LineSinkDeps["write"] {
  return (bytes) => writeSync(fd, bytes);
}

/** Blocks the thread. */
export function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
