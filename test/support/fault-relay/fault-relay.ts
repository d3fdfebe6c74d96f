/**
 * A TCP relay in front of a server (fake or real), in this process, that simulates network faults for all connections or for one: pass,
 * black hole (accepts and ACKs, but no byte passes), one direction only, reset (RST), refuse (no listener), throttle. It cannot
 * simulate lost or reordered packets below TCP, or a silent host that does not even ACK (this needs a firewall).
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { RelayConnection } from "./relay-connection.ts";
import type { Direction } from "./relay-connection.ts";

/** See the file header. */
export class FaultRelay {
  readonly #targetPort: number;
  readonly #connections = new Set<RelayConnection>();
  #server: Server | undefined;
  #port = 0;
  #hole: Direction | "both" | undefined;
  #bytesPerSecond: number | undefined;
  #waiters: ((connection: RelayConnection) => void)[] = [];

  /** @param targetPort where connections lead, on 127.0.0.1. */
  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  /** Listens; again on the same port as before. Open connections are not affected. */
  async accept(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((socket) => {
      this.#onClient(socket);
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** The port, once it accepts. */
  get port(): number {
    return this.#port;
  }

  /** `https://127.0.0.1:PORT`. */
  get url(): string {
    return `https://127.0.0.1:${String(this.#port)}`;
  }

  /** Open connections, oldest first; each has the same switches. */
  get connections(): readonly RelayConnection[] {
    return [...this.#connections].filter((connection) => !connection.closed);
  }

  /** The next new connection. */
  nextConnection(): Promise<RelayConnection> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Passes everything, on open and new connections. */
  pass(): void {
    this.#hole = undefined;
    for (const connection of this.#connections) connection.pass();
  }

  /** Passes nothing, in one or both directions, on open and new connections. All stay open. */
  blackHole(direction: Direction | "both" = "both"): void {
    this.#hole = direction;
    for (const connection of this.#connections) connection.blackHole(direction);
  }

  /** Limits each direction of each connection to this number of bytes per second; undefined: no limit. */
  throttle(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
    for (const connection of this.#connections) connection.throttle(bytesPerSecond);
  }

  /** RST on all open connections; new ones are accepted. */
  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** Stops listening. Open connections are not affected. */
  async refuse(): Promise<void> {
    this.#server?.close();
    this.#server = undefined;
    await new Promise(setImmediate);
  }

  /** Refuses new connections and ends all open ones. */
  async stop(): Promise<void> {
    await this.refuse();
    for (const connection of this.#connections) connection.destroy();
  }

  #onClient(client: Socket): void {
    const connection = new RelayConnection(client, connect(this.#targetPort, "127.0.0.1"));
    this.#connections.add(connection);
    client.once("close", () => this.#connections.delete(connection));
    if (this.#hole !== undefined) connection.blackHole(this.#hole);
    if (this.#bytesPerSecond !== undefined) connection.throttle(this.#bytesPerSecond);
    for (const resolve of this.#waiters.splice(0)) resolve(connection);
  }
}

/** A relay that accepts and passes. The caller stops it. */
export async function startFaultRelay(targetPort: number): Promise<FaultRelay> {
  const relay = new FaultRelay(targetPort);
  await relay.accept();
  return relay;
}
