/**
 * The connections to one API server. Called by api-client.ts for a place to send a request: a connection with room, or
 * a new one. Requests that come at once share one handshake on HTTP/2; a new certificate retires the connections that
 * were made with the old one.
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

/** What the pool is made of. */
export interface ConnectionPoolDeps extends DialDeps {
  readonly log: Log;
}

/** A request for whichever connection has room. */
export interface Passenger {
  readonly request: ExchangeRequest;
  /** A watch: holds its place for minutes. */
  readonly long: boolean;
  /** A connection that is made for it gets `shortTimeoutMs` for each step. */
  readonly shortTimeout: boolean;
  readonly events: ExchangeEvents;
  /** It is on its way; called before anything of the answer comes. */
  onSent(protocol: Peer["protocol"]): void;
  /** Given up meanwhile: nothing is sent then. */
  readonly signal: AbortSignal;
}

/** So many connections may turn out to be full or closing before a request is given up; 32 × 90 watches is plenty. */
const MAX_TRIES = 32;

/** The pool; empty at first. */
export class ConnectionPool {
  readonly #deps: ConnectionPoolDeps;
  readonly #peers = new Map<Peer, Dialed>();
  #dialing: Promise<Peer> | undefined;
  #speaksHttp2 = true;
  #closed = false;

  constructor(deps: ConnectionPoolDeps) {
    this.#deps = deps;
  }

  /** Sends by a connection with room, or by a new one. Rejects with a SyncError when none can be had. */
  async send(passenger: Passenger): Promise<void> {
    await this.#retireOutdated();
    for (let tries = 0; tries < MAX_TRIES && !passenger.signal.aborted && !this.#closed; tries += 1) {
      for (const peer of this.#peers.keys()) if (board(peer, passenger)) return;
      if (this.#speaksHttp2) {
        await this.#dialShared(passenger.shortTimeout);
        continue;
      }
      // Nothing to share: on HTTP/1.1 each open watch needs a connection of its own.
      if (board(await this.#open(passenger.shortTimeout), passenger)) return;
    }
    if (passenger.signal.aborted) return;
    const { host } = this.#deps.target.server;
    const message = this.#closed
      ? "podkey stops and asks the API server nothing more."
      : `No connection to ${host} takes a request; the API server closes each one at once.`;
    throw new SyncError("reset", message);
  }

  /** Closes every connection; open exchanges end with an error, and nothing is dialled any more. */
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
        `${host} took a connection but did not speak within ${String(tlsTimeoutMs)} ms.`,
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

/** Takes the place and sends in the same turn: another request cannot take the place meanwhile. */
function board(peer: Peer, passenger: Passenger): boolean {
  const { request, long, events, signal } = passenger;
  if (signal.aborted || !peer.hasRoom(long)) return false;
  const abort = peer.send(request, long, events);
  if (abort === undefined) return false;
  signal.addEventListener("abort", abort, { once: true });
  passenger.onSent(peer.protocol);
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
