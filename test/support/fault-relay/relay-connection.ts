/**
 * One connection through the fault relay: two sockets and what may pass between them. Bytes that may not pass are read from the kernel and
 * held, so that the peer receives ACKs and nothing else. TCP keep-alive cannot distinguish this from a healthy connection. When
 * the fault ends, the held bytes are sent in order.
 */
import type { Socket } from "node:net";

/** A direction through the relay. */
export type Direction = "to-server" | "to-client";

/** A throttled direction sends bytes in steps of this length. */
const STEP_MS = 10;

/** See the file header. */
export class RelayConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #lanes: Record<Direction, Lane>;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    this.#lanes = { "to-server": new Lane(client, server), "to-client": new Lane(server, client) };
    client.once("close", () => server.destroy());
    server.once("close", () => client.destroy());
  }

  /** Whether both ends are closed. */
  get closed(): boolean {
    return this.#client.destroyed && this.#server.destroyed;
  }

  /** Passes everything, held bytes first. */
  pass(): void {
    for (const lane of Object.values(this.#lanes)) lane.release();
  }

  /** Holds everything, or one direction. */
  blackHole(direction: Direction | "both" = "both"): void {
    if (direction !== "to-client") this.#lanes["to-server"].hold();
    if (direction !== "to-server") this.#lanes["to-client"].hold();
  }

  /** Limits each direction to this number of bytes per second; undefined: no limit. */
  throttle(bytesPerSecond: number | undefined): void {
    for (const lane of Object.values(this.#lanes)) lane.throttle(bytesPerSecond);
  }

  /** TCP RST to both ends. */
  reset(): void {
    for (const socket of [this.#client, this.#server]) {
      // libuv cannot reset a socket that is already shutting down.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** Closes both without a reset. */
  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }
}

/** One direction. */
class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #held: Uint8Array[] = [];
  #holding = false;
  #bytesPerSecond: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.setNoDelay(true);
    from.on("error", () => undefined);
    from.on("data", (chunk: Buffer) => {
      this.#held.push(chunk);
      this.#flow();
    });
    from.once("end", () => to.end());
    from.once("close", () => {
      clearTimeout(this.#timer);
    });
    to.on("drain", () => from.resume());
  }

  hold(): void {
    this.#holding = true;
  }

  release(): void {
    this.#holding = false;
    this.#flow();
  }

  throttle(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#flow();
  }

  #flow(): void {
    if (this.#holding || this.#timer !== undefined) return;
    if (this.#bytesPerSecond === undefined) {
      for (const chunk of this.#held.splice(0)) this.#send(chunk);
      return;
    }
    const [first] = this.#held;
    if (first === undefined) return;
    const size = Math.max(1, Math.floor((this.#bytesPerSecond * STEP_MS) / 1000));
    this.#send(first.subarray(0, size));
    if (first.length > size) this.#held[0] = first.subarray(size);
    else this.#held.shift();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flow();
    }, STEP_MS);
  }

  #send(chunk: Uint8Array): void {
    if (!this.#to.destroyed && !this.#to.write(chunk)) this.#from.pause();
  }
}
