/**
 * The connections to one API server. Called by api-client.ts for a place to send a request: a connection with room, or
 * a new one. Requests that come at once share one handshake on HTTP/2; a new certificate retires the connections that
 * were made with the old one.
 */
import { SyncError } from "../../sync/sync-error.ts";
import type { Log } from "../../telemetry/events.ts";
import { sameTlsMaterial } from "./credentials.ts";
import type { DialDeps, Dialed } from "./dial.ts";
import { dial } from "./dial.ts";
import type { ExchangeEvents, ExchangeRequest, Peer } from "./exchange.ts";
import { createHttp1Peer } from "./http1-peer.ts";
import { createHttp2Peer } from "./http2-peer.ts";

/** What the pool is made of. */
export interface ConnectionPoolDeps extends DialDeps {
  readonly log: Log;
}

/** A request for whichever connection has room. */
export interface Passenger {
  readonly request: ExchangeRequest;
  /** A watch: holds its place for minutes. */
  readonly long: boolean;
  readonly events: ExchangeEvents;
  /** It is on its way; called before anything of the answer comes. */
  onSent(protocol: Peer["protocol"]): void;
  /** Given up meanwhile: nothing is sent then. */
  readonly signal: AbortSignal;
}

/** The pool. */
export interface ConnectionPool {
  /** Sends by a connection with room, or by a new one. Rejects with a SyncError when none can be had. */
  send(passenger: Passenger): Promise<void>;
  /** Closes every connection; open exchanges end with an error, and nothing is dialled any more. */
  close(): void;
}

/** So many connections may turn out to be full or closing before a request is given up; 32 × 90 watches is plenty. */
const MAX_TRIES = 32;

/** An empty pool. */
export function createConnectionPool(deps: ConnectionPoolDeps): ConnectionPool {
  const peers = new Map<Peer, Dialed>();
  let dialing: Promise<void> | undefined;
  let speaksHttp2 = true;
  let closed = false;

  const add = (dialed: Dialed): Peer => {
    speaksHttp2 = dialed.protocol === "h2";
    const peer = createPeer(dialed, deps, () => {
      peers.delete(peer);
    });
    peers.set(peer, dialed);
    deps.log("kube_connected", { server: deps.target.server.host, protocol: dialed.protocol });
    if (closed) peer.destroy();
    return peer;
  };
  const retireOutdated = async (): Promise<void> => {
    if (peers.size === 0 || deps.target.server.protocol === "http:") return;
    const material = await deps.target.credentials.tls();
    for (const [peer, dialed] of peers) {
      if (dialed.material !== undefined && !sameTlsMaterial(dialed.material, material)) {
        peer.retire();
      }
    }
  };
  const dialShared = (): Promise<void> => {
    dialing ??= dial(deps)
      .then((dialed) => {
        add(dialed);
      })
      .finally(() => {
        dialing = undefined;
      });
    return dialing;
  };

  return {
    async send(passenger) {
      await retireOutdated();
      for (let tries = 0; tries < MAX_TRIES && !passenger.signal.aborted && !closed; tries += 1) {
        for (const peer of peers.keys()) if (board(peer, passenger)) return;
        if (speaksHttp2) {
          await dialShared();
          continue;
        }
        // Nothing to share: on HTTP/1.1 each open watch needs a connection of its own.
        const peer = add(await dial(deps));
        if (board(peer, passenger)) return;
      }
      if (passenger.signal.aborted) return;
      throw new SyncError(
        "reset",
        closed ? "podkey stops and asks the API server nothing more." : noRoom(deps.target.server),
      );
    },
    close() {
      closed = true;
      for (const peer of peers.keys()) peer.destroy();
    },
  };
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

function noRoom(server: URL): string {
  return `No connection to ${server.host} takes a request; the API server closes each one at once.`;
}

function createPeer(dialed: Dialed, deps: ConnectionPoolDeps, onClosed: () => void): Peer {
  const { clock, timers, parameters, log, metrics } = deps;
  const { server } = deps.target;
  if (dialed.protocol === "http/1.1") return createHttp1Peer(dialed, { clock, parameters, server, onClosed });
  return createHttp2Peer(dialed, {
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
