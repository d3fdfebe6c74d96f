/**
 * One HTTP/2 connection to the API server with the exchanges on it. Made by connection-pool.ts from a dialled socket.
 * It knows when it is dead (heartbeat.ts) and when it goes away (GOAWAY): then it takes nothing new, and what is open
 * on it goes on.
 */
import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:http2";
import type { Clock, Timers } from "../../core/clock.ts";
import { SyncError } from "../../sync/sync-error.ts";
import type { Dialed } from "./dial.ts";
import type { Peer } from "./exchange.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { OpenExchanges } from "./http2-exchange.ts";
import { openHttp2Exchange } from "./http2-exchange.ts";
import type { KubeParameters } from "./parameters.ts";

/** What a peer is made with. */
export interface Http2PeerDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly parameters: KubeParameters;
  readonly server: URL;
  /** It takes no new exchanges from now on. */
  onRetired(): void;
  /** A PING was not answered. */
  onPingTimeout(): void;
  /** It is gone. Called once. */
  onClosed(): void;
}

/** Starts HTTP/2 on the socket. */
export function createHttp2Peer(dialed: Dialed, deps: Http2PeerDeps): Peer {
  const { parameters, server } = deps;
  const session = startSession(dialed, deps);
  const open: OpenExchanges = { watches: 0, all: new Set(), fate: undefined };
  let retired = false;
  let contactAtMs = Number.NEGATIVE_INFINITY;

  const retire = (): void => {
    if (retired) return;
    retired = true;
    for (const events of [...open.all]) events.goingAway();
    deps.onRetired();
  };
  const heartbeat = startHeartbeat({
    clock: deps.clock,
    timers: deps.timers,
    readIdleMs: parameters.readIdleMs,
    pingTimeoutMs: parameters.pingTimeoutMs,
    bytesRead: () => dialed.socket.bytesRead,
    ping: (onAck) => {
      sendPing(session, () => {
        onAck();
        tellContact();
      });
    },
    onDead: () => {
      open.fate = new SyncError(
        "dead-connection",
        `The connection to ${server.host} is open but dead: no answer to a PING within ${String(parameters.pingTimeoutMs)} ms.`,
      );
      deps.onPingTimeout();
      session.destroy();
    },
  });

  function tellContact(): void {
    heartbeat.touch();
    const nowMs = deps.clock.nowMs();
    if (nowMs - contactAtMs < parameters.contactIntervalMs) return;
    contactAtMs = nowMs;
    for (const events of [...open.all]) events.contact();
  }

  session.on("goaway", (code) => {
    if (code !== 0) {
      open.fate ??= new SyncError(
        "reset",
        `The API server at ${server.host} ended the connection with HTTP/2 error ${String(code)}.`,
      );
    }
    retire();
  });
  onSessionEnd(session, heartbeat, () => {
    retired = true;
    deps.onClosed();
  });

  return {
    protocol: "h2",
    hasRoom: (long) =>
      !retired && !session.closed && hasStream(session, open, long, parameters.watchesPerConnection),
    send(request, long, events) {
      if (retired || session.closed || session.destroyed) return undefined;
      return openHttp2Exchange({ session, server, open, long, onBytes: tellContact }, request, events);
    },
    retire() {
      retire();
      session.close();
    },
    destroy() {
      open.fate ??= new SyncError("reset", `The connection to ${server.host} was closed by podkey.`);
      session.destroy();
    },
  };
}

function startSession(dialed: Dialed, { parameters, server }: Http2PeerDeps): ClientHttp2Session {
  const session = connect(server.origin, {
    createConnection: () => dialed.socket,
    settings: { enablePush: false, initialWindowSize: parameters.streamWindowBytes },
  });
  session.once("connect", () => {
    session.setLocalWindowSize(parameters.sessionWindowBytes);
  });
  return session;
}

/** An error is always followed by the end of the session; the exchanges tell what it was. */
function onSessionEnd(session: ClientHttp2Session, heartbeat: Heartbeat, closed: () => void): void {
  session.on("error", () => undefined);
  session.once("close", () => {
    heartbeat.stop();
    closed();
  });
}

function sendPing(session: ClientHttp2Session, onAck: () => void): void {
  if (session.destroyed) return;
  session.ping((error) => {
    if (error === null) onAck();
  });
}

/** Room for a stream; watches leave a tenth of the streams to lists, whatever the server's limit is. */
function hasStream(
  session: ClientHttp2Session,
  open: OpenExchanges,
  long: boolean,
  watchLimit: number,
): boolean {
  const streamLimit = Math.max(1, session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
  if (open.all.size >= streamLimit) return false;
  return !long || open.watches < Math.min(watchLimit, Math.max(1, Math.floor(streamLimit * 0.9)));
}
