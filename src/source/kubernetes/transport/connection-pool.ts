/**
 * The connections to one API server. api-client.ts sends each request here; it gets a connection with room, or a new
 * one. On HTTP/2, requests that arrive during a handshake share it. New TLS material retires the connections that were
 * opened with the old one.
 */
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { Log } from "../../../log/events.ts";
import { sameTlsMaterial } from "../target/credentials.ts";
import type { DialDeps, Dialed } from "./dial.ts";
import { dial } from "./dial.ts";
import type { ExchangeEvents, ExchangeRequest, Peer } from "./exchange.ts";
import { createHttp1Peer } from "./http1-peer.ts";
import { Http2Peer } from "./http2-peer.ts";
import type { KubeParameters } from "../target/parameters.ts";
import { within } from "./within.ts";

export interface ConnectionPoolDeps extends DialDeps {
  readonly log: Log;
}

/** A request that waits for a connection with room. */
export interface PendingRequest {
  readonly request: ExchangeRequest;
  /** A watch: occupies its connection for minutes. */
  readonly long: boolean;
  /** If a connection is opened for it, each step is limited to `shortTimeoutMs`. */
  readonly shortTimeout: boolean;
  readonly events: ExchangeEvents;
  /** The request was sent; called before the first event of the response. */
  onSent(protocol: Peer["protocol"]): void;
  /** Aborted: nothing is sent. */
  readonly signal: AbortSignal;
}

/** A request fails after this many full or closing connections; 32 × 90 watches is more than any configuration has. */
const MAX_TRIES = 32;

/** Empty at first. */
export class ConnectionPool {
  readonly #deps: ConnectionPoolDeps;
  readonly #peers = new Map<Peer, Dialed>();
  #dialing: Promise<Peer> | undefined;
  #speaksHttp2 = true;
  #closed = false;

  constructor(deps: ConnectionPoolDeps) {
    this.#deps = deps;
  }

  /** Sends on a connection with room, or on a new one. Rejects with a SyncError if none can be opened. */
  async send(pending: PendingRequest): Promise<void> {
    await this.#retireOutdated();
    for (let tries = 0; tries < MAX_TRIES && !pending.signal.aborted && !this.#closed; tries += 1) {
      for (const peer of this.#peers.keys()) if (assign(peer, pending)) return;
      if (this.#speaksHttp2) {
        await this.#dialShared(pending.shortTimeout);
        continue;
      }
      // On HTTP/1.1 each open watch needs its own connection.
      if (assign(await this.#open(pending.shortTimeout), pending)) return;
    }
    if (pending.signal.aborted) return;
    const { host } = this.#deps.target.server;
    const message = this.#closed
      ? "podkey is shutting down and sends no more requests."
      : `No connection to ${host} accepted the request: the API server closes each connection at once.`;
    throw new SyncError("reset", message);
  }

  /** Closes every connection; open exchanges end with an error, and no new connection is opened. */
  close(): void {
    this.#closed = true;
    for (const peer of this.#peers.keys()) peer.destroy();
  }

  #dialShared(shortTimeout: boolean): Promise<unknown> {
    this.#dialing ??= this.#open(shortTimeout).finally(() => {
      this.#dialing = undefined;
    });
    return this.#dialing;
  }

  async #open(shortTimeout: boolean): Promise<Peer> {
    const parameters = shortTimeout ? withShortTimeout(this.#deps.parameters) : this.#deps.parameters;
    const dialed = await dial({ ...this.#deps, parameters });
    const { host } = this.#deps.target.server;
    this.#speaksHttp2 = dialed.protocol === "h2";
    const peer = createPeer(dialed, this.#deps, () => {
      this.#peers.delete(peer);
    });
    this.#peers.set(peer, dialed);
    if (this.#closed) peer.destroy();
    const { tlsTimeoutMs } = parameters;
    await within(this.#deps, peer.ready, {
      limitMs: tlsTimeoutMs,
      late: new SyncError(
        "unreachable",
        `${host} accepted a connection but sent no HTTP/2 SETTINGS within ${String(tlsTimeoutMs)} ms.`,
      ),
      abandon: () => {
        peer.destroy();
      },
    });
    this.#deps.log("kube_connected", { server: host, protocol: dialed.protocol });
    return peer;
  }

  async #retireOutdated(): Promise<void> {
    const { server, credentials } = this.#deps.target;
    if (this.#peers.size === 0 || server.protocol === "http:") return;
    const material = await credentials.tls();
    for (const [peer, dialed] of this.#peers) {
      if (dialed.material !== undefined && !sameTlsMaterial(dialed.material, material)) peer.retire();
    }
  }
}

/** Checks for room and sends in one synchronous step, so that no other request takes the room in between. */
function assign(peer: Peer, pending: PendingRequest): boolean {
  const { request, long, events, signal } = pending;
  if (signal.aborted || !peer.hasRoom(long)) return false;
  const abort = peer.send(request, long, events);
  if (abort === undefined) return false;
  signal.addEventListener("abort", abort, { once: true });
  pending.onSent(peer.protocol);
  return true;
}

function withShortTimeout(parameters: KubeParameters): KubeParameters {
  const { connectTimeoutMs, tlsTimeoutMs, shortTimeoutMs } = parameters;
  return {
    ...parameters,
    connectTimeoutMs: Math.min(connectTimeoutMs, shortTimeoutMs),
    tlsTimeoutMs: Math.min(tlsTimeoutMs, shortTimeoutMs),
  };
}

function createPeer(dialed: Dialed, deps: ConnectionPoolDeps, onClosed: () => void): Peer {
  const { clock, timers, parameters, log, metrics } = deps;
  const { server } = deps.target;
  if (dialed.protocol === "http/1.1") return createHttp1Peer(dialed, { clock, parameters, server, onClosed });
  return new Http2Peer(dialed, {
    clock,
    timers,
    parameters,
    server,
    onClosed,
    onRetired: () => {
      log("kube_connection_retired", { server: server.host });
    },
    onPingTimeout: () => {
      metrics.pingTimeout();
      log("kube_ping_timeout", { server: server.host });
    },
  });
}
