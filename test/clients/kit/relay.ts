/**
 * Listens at podkey's address and forwards everything to podkey, so that a test can cut the connection while podkey keeps running
 * with its state, as a resume needs. Cutting destroys all connections and stops listening.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { NetConnectOpts, Server, Socket } from "node:net";

/** A path of a Unix socket, or a port on 127.0.0.1. */
export type Place = { readonly path: string } | { readonly host: string; readonly port: number };

/** See the file header. */
export class Relay {
  readonly #from: Place;
  readonly #to: Place;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(from: Place, to: Place) {
    this.#from = from;
    this.#to = to;
  }

  /** Listens. */
  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.#to as NetConnectOpts);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
      }
      near.on("close", () => far.destroy()).pipe(far);
      far.on("close", () => near.destroy()).pipe(near);
    });
    server.listen(this.#from);
    await once(server, "listening");
    this.#server = server;
  }

  /** Destroys every connection and stops listening. */
  async cut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
