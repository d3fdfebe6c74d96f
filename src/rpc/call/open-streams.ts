/**
 * Every streaming call that is open, of whatever service, so that a drain can end them all: grpc-js would wait indefinitely.
 */
import type { PodkeyError } from "../../core/errors/errors.ts";
import type { ServedConsumer } from "../consumer/served-consumer.ts";

/** Ends one call; safe to call twice. */
export type EndStream = (error: PodkeyError) => void;

/** Streams ended in one turn of the event loop. */
const SLICE = 100;

/** See the file comment. */
export class OpenStreams {
  readonly #open = new Map<EndStream, ServedConsumer>();

  /** Notes an open call; `delete` when it is over. */
  add(end: EndStream, served: ServedConsumer): void {
    this.#open.set(end, served);
  }

  delete(end: EndStream): void {
    this.#open.delete(end);
  }

  /** Ends all calls (of one consumer, if named) in slices; resolves when each was told. */
  async endAll(error: PodkeyError, served?: ServedConsumer): Promise<void> {
    let left = SLICE;
    for (const [end, owner] of [...this.#open]) {
      if (served !== undefined && owner !== served) continue;
      end(error);
      left -= 1;
      if (left > 0) continue;
      left = SLICE;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
