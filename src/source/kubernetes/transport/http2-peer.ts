/**
 * One HTTP/2 connection to the API server with the exchanges on it. Made by connection-pool.ts from a dialled socket.
 * It knows when it is dead (heartbeat.ts) and when it goes away (GOAWAY): then it takes nothing new, and what is open
 * on it goes on.
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

/** See the file header. */
export class Http2Peer implements Peer {
  readonly protocol = "h2";
  readonly ready: Promise<void>;
  readonly #deps: Http2PeerDeps;
  readonly #session: ClientHttp2Session;
  readonly #heartbeat: Heartbeat;
  readonly #open: OpenExchanges = { watches: 0, all: new Set(), closeReason: undefined };
  /** How many streams the server allows; none before its SETTINGS have come. */
  #streamLimit = 0;
  #retired = false;
  #contactAtMs = Number.NEGATIVE_INFINITY;

  /** Starts HTTP/2 on the socket. */
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
        this.#tellContact();
      },
      onDead: () => {
        this.#die();
      },
    });
    this.#session.on("goaway", (code: number) => {
      this.#goAway(code);
    });
    // An error is always followed by `close`; the exchanges tell what it was.
    this.#session.on("error", () => undefined);
    this.#session.once("close", () => {
      this.#retired = true;
      this.#heartbeat.stop();
      deps.onClosed();
    });
    this.ready = this.#settings();
  }

  /** Room for a stream; watches leave a tenth of the streams to lists, whatever the server's limit is. */
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
        this.#tellContact();
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
      `The connection to ${this.#deps.server.host} was closed by podkey.`,
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
        const message = `The connection to ${this.#deps.server.host} closed before HTTP/2 began on it.`;
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
      this.#tellContact();
    });
  }

  #die(): void {
    const { parameters, server } = this.#deps;
    this.#open.closeReason = new SyncError(
      "dead-connection",
      `The connection to ${server.host} is open but dead: no answer to a PING within ${String(parameters.pingTimeoutMs)} ms.`,
    );
    this.#deps.onPingTimeout();
    this.#session.destroy();
  }

  #tellContact(): void {
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
