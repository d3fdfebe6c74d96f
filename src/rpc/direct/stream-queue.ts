/**
 * Calls on their way into grpc-js, a few each turn of the event loop, one connection after the other: making a call
 * there costs as much as ten Gets, and a client that opens a thousand at once must not hold up everyone else's. A call
 * that its client has given up by its turn costs nothing.
 */

/** A call that waits. */
export interface QueuedStream {
  /** Whether its client has given it up. */
  readonly isGone: () => boolean;
  /** Hands it over; called once, unless it has gone. */
  readonly hand: () => void;
  /** Told when it leaves the queue, handed over or not. */
  readonly left: () => void;
}

/** Calls of one turn. */
const PER_TURN = 4;

/** See the file comment. `Key` is a connection. */
export class StreamQueue<Key> {
  readonly #defer: (task: () => void) => void;
  readonly #waiting = new Map<Key, QueuedStream[]>();
  #isDue = false;

  /** @param defer runs a task in a later turn, after I/O (`setImmediate`). */
  constructor(defer: (task: () => void) => void) {
    this.#defer = defer;
  }

  add(key: Key, stream: QueuedStream): void {
    const queue = this.#waiting.get(key);
    if (queue === undefined) this.#waiting.set(key, [stream]);
    else queue.push(stream);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#defer(() => this.#turn());
  }

  #turn(): void {
    this.#isDue = false;
    for (let handed = 0; handed < PER_TURN;) {
      const [entry] = this.#waiting;
      if (entry === undefined) return;
      const [key, queue] = entry;
      // Behind the others, so that each connection gets its turn.
      this.#waiting.delete(key);
      const stream = queue.shift();
      if (queue.length > 0) this.#waiting.set(key, queue);
      if (stream === undefined) continue;
      stream.left();
      if (stream.isGone()) continue;
      stream.hand();
      handed += 1;
    }
    if (this.#waiting.size > 0) this.#schedule();
  }
}
