/**
 * Streams with something to send. They are pumped in slices with turns of the event loop between, so that a Get never waits
 * for a thousand streams.
 */
import type { Clock } from "../../core/time/clock.ts";

/** Streams of one slice. Each costs 10 to 15 us with its socket, so a slice mostly stays under a millisecond. */
export const SLICE = 50;

/** A slice ends when it has taken this long: some streams have much to encode. */
const SLICE_MS = 5;

/** A stream. `pump` sends what is due, if the transport is ready, and never throws. */
export interface Pumped {
  pump(): void;
}

export interface ReadyQueueDeps {
  readonly clock: Clock;
  /** Runs a task in a later turn of the event loop. */
  readonly defer: (task: () => void) => void;
  /** Called after each slice; `isIdle`: no stream is ready any more. */
  readonly afterSlice?: (isIdle: boolean) => void;
}

/** See the file comment. */
export class ReadyQueue {
  readonly #deps: ReadyQueueDeps;
  readonly #ready = new Set<Pumped>();
  #isRunning = false;

  constructor(deps: ReadyQueueDeps) {
    this.#deps = deps;
  }

  /** Pumps a stream in a later turn. */
  add(stream: Pumped): void {
    this.#ready.add(stream);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#deps.defer(() => this.#serveSlice());
  }

  delete(stream: Pumped): void {
    this.#ready.delete(stream);
  }

  clear(): void {
    this.#ready.clear();
  }

  #serveSlice(): void {
    const { clock, defer, afterSlice } = this.#deps;
    const endMs = clock.nowMs() + SLICE_MS;
    let left = SLICE;
    for (const stream of this.#ready) {
      this.#ready.delete(stream);
      stream.pump();
      left -= 1;
      if (left === 0 || clock.nowMs() >= endMs) break;
    }
    this.#isRunning = this.#ready.size > 0;
    afterSlice?.(!this.#isRunning);
    if (this.#isRunning) defer(() => this.#serveSlice());
  }
}
