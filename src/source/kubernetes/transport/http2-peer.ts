/**
 * One HTTP/2 connection to the API server and its exchanges. Created by connection-pool.ts from a connected socket. A
 * heartbeat detects that it is dead (heartbeat.ts). After a GOAWAY it accepts no new exchanges and the open ones
 * continue.
 */
import type { ClientHttp2Session, Settings } from "node:http2";
import { connect } from "node:http2";
import type { Clock, Timers } from "../../../core/time/clock.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { Dialed } from "./dial.ts";
import type { ExchangeEvents, ExchangeRequest, Peer } from "./exchange.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { OpenExchanges } from "./http2-exchange.ts";
import { openHttp2Exchange } from "./http2-exchange.ts";
import type { KubeParameters } from "../target/parameters.ts";

export interface Http2PeerDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly parameters: KubeParameters;
  readonly server: URL;
  /** It accepts no new exchanges from now on. */
  onRetired(): void;
  /** A PING was not answered. */
  onPingTimeout(): void;
  /** The connection closed. Called once. */
  onClosed(): void;
}

/** See the file header. */
export class Http2Peer implements Peer {
  readonly protocol = "h2";
  readonly ready: Promise<void>;
  readonly #deps: Http2PeerDeps;
  readonly #session: ClientHttp2Session;
  readonly #heartbeat: Heartbeat;
  readonly #open: OpenExchanges = { watches: 0, all: new Set(), closeReason: undefined };
  /** How many streams the server allows; 0 before its SETTINGS arrive. */
  #streamLimit = 0;
  #retired = false;
  #contactAtMs = Number.NEGATIVE_INFINITY;

  constructor(dialed: Dialed, deps: Http2PeerDeps) {
    const { clock, timers, parameters } = deps;
    this.#deps = deps;
    this.#session = startSession(dialed, deps);
    this.#heartbeat = new Heartbeat({
      clock,
      timers,
      readIdleMs: parameters.readIdleMs,
      pingTimeoutMs: parameters.pingTimeoutMs,
      bytesRead: () => dialed.socket.bytesRead,
      ping: (onAck) => {
        this.#ping(onAck);
      },
      onAlive: () => {
        this.#reportContact();
      },
      onDead: () => {
        this.#closeDead();
      },
    });
    this.#session.on("goaway", (code: number) => {
      this.#goAway(code);
    });
    // `close` always follows; the exchanges report the error.
    this.#session.on("error", () => undefined);
    this.#session.once("close", () => {
      this.#retired = true;
      this.#heartbeat.stop();
      deps.onClosed();
    });
    this.ready = this.#settings();
  }

  /** Watches leave a tenth of the server's streams to lists. */
  hasRoom(long: boolean): boolean {
    if (this.#retired || this.#session.closed) return false;
    if (this.#open.all.size >= this.#streamLimit) return false;
    const watchLimit = Math.min(
      this.#deps.parameters.watchesPerConnection,
      Math.floor(this.#streamLimit * 0.9),
    );
    return !long || this.#open.watches < Math.max(1, watchLimit);
  }

  send(request: ExchangeRequest, long: boolean, events: ExchangeEvents): (() => void) | undefined {
    if (this.#retired || this.#session.closed || this.#session.destroyed) return undefined;
    const carrier = {
      session: this.#session,
      server: this.#deps.server,
      open: this.#open,
      long,
      onBytes: () => {
        this.#reportContact();
      },
    };
    return openHttp2Exchange(carrier, request, events);
  }

  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#deps.onRetired();
    for (const events of [...this.#open.all]) events.goingAway();
    this.#session.close();
  }

  destroy(): void {
    this.#open.closeReason ??= new SyncError(
      "reset",
      `podkey closed the connection to ${this.#deps.server.host}.`,
    );
    this.#session.destroy();
  }

  #settings(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#session.on("remoteSettings", ({ maxConcurrentStreams }: Settings) => {
        this.#streamLimit = maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
        resolve();
      });
      this.#session.once("close", () => {
        const message = `The connection to ${this.#deps.server.host} closed before the HTTP/2 handshake.`;
        reject(this.#open.closeReason ?? new SyncError("reset", message));
      });
    });
  }

  #goAway(code: number): void {
    if (code !== 0) {
      const message = `The API server at ${this.#deps.server.host} ended the connection with HTTP/2 error ${String(code)}.`;
      this.#open.closeReason ??= new SyncError("reset", message);
    }
    this.retire();
  }

  #ping(onAck: () => void): void {
    if (this.#session.destroyed) return;
    this.#session.ping((error) => {
      if (error !== null) return;
      onAck();
      this.#reportContact();
    });
  }

  #closeDead(): void {
    const { parameters, server } = this.#deps;
    this.#open.closeReason = new SyncError(
      "dead-connection",
      `The connection to ${server.host} is open but dead: no answer to a PING within ${String(parameters.pingTimeoutMs)} ms.`,
    );
    this.#deps.onPingTimeout();
    this.#session.destroy();
  }

  #reportContact(): void {
    this.#heartbeat.onActivity();
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs - this.#contactAtMs < this.#deps.parameters.contactIntervalMs) return;
    this.#contactAtMs = nowMs;
    for (const events of [...this.#open.all]) events.contact();
  }
}

function startSession(dialed: Dialed, { parameters, server }: Http2PeerDeps): ClientHttp2Session {
  const session = connect(server.origin, {
    createConnection: () => dialed.socket,
    maxSessionMemory: parameters.sessionMemoryMegabytes,
    settings: { enablePush: false, initialWindowSize: parameters.streamWindowBytes },
  });
  session.once("connect", () => {
    session.setLocalWindowSize(parameters.sessionWindowBytes);
  });
  return session;
}
