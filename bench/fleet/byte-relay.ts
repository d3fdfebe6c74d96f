/**
 * A TCP relay in front of the API server that counts the bytes on the wire, TLS included. It neither parses nor delays
 * anything.
 */
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** See the file comment. */
export class ByteRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** From clients to the server. */
  upBytes = 0;
  /** From the server to clients. */
  downBytes = 0;

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      const upstream = connect(targetPort, "127.0.0.1");
      client.on("data", (chunk: Buffer) => (this.upBytes += chunk.byteLength));
      upstream.on("data", (chunk: Buffer) => (this.downBytes += chunk.byteLength));
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket.setNoDelay(true));
        socket.once("close", () => this.#sockets.delete(socket)).on("error", () => undefined);
      }
      client.pipe(upstream).pipe(client);
    });
  }

  /** Listens on a free port of loopback. */
  static async start(targetPort: number): Promise<ByteRelay> {
    const relay = new ByteRelay(targetPort);
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  /** The address for clients. */
  get url(): string {
    return `https://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Ends all connections. */
  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
