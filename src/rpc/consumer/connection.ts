/**
 * Who is at the other end of a call. The listener is the identity: each accepted socket gets a name of ours as its
 * `remoteAddress`, which grpc-js hands to every call (`getPeer`), and that name leads to the consumer. No data of the
 * client is in it, and no private API of grpc-js is used (tested with Node 20 to 26).
 */
import type { Socket } from "node:net";
import type { Metadata } from "@grpc/grpc-js";
import type { Clock, Timers } from "../../core/time/clock.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Conduct } from "./flood-guard.ts";
import type { ServedConsumer } from "./served-consumer.ts";

/** Concurrent streaming calls of one connection, of 256 calls in all: unary calls always have room. */
export const CONNECTION_STREAMS_LIMIT = 224;

/** Between two looks at what connections have sent: while calls come, and while none does. */
const LOOK_MS = 20;
const QUIET_LOOK_MS = 250;

/** What a call is admitted by: the part of grpc-js's call that says where it came from. */
export interface IncomingCall {
  readonly metadata: Metadata;
  getPeer(): string;
  getHost(): string;
}

/** One accepted connection. */
export interface Connection {
  readonly served: ServedConsumer;
  /** For audit lines: name of the connection, with kernel credentials where they were read. */
  readonly peer: string;
  /** Refuses calls of this connection, or not. @throws PodkeyError PEER_DENIED, BAD_AUTHORITY, BAD_TOKEN. */
  readonly check: (call: IncomingCall) => void;
  readonly conduct: Conduct;
  /** Streaming calls that are open. */
  streams: number;
}

/** Where a socket carries its name; an own property, so that http2's proxy around the socket shows it too. */
const NAME = Symbol("connection");

/** A socket that `Connections.add` has named. */
interface NamedSocket {
  readonly [NAME]?: { readonly of: Connections; readonly peer: string };
}

/** All connections of the server. */
export class Connections {
  readonly #byPeer = new Map<string, Connection>();
  readonly #emptied: (() => void)[] = [];
  readonly #deps: { readonly clock: Clock; readonly timers: Timers };
  #lookedAtMs = -Infinity;
  #isLookDue = false;
  #next = 1;

  constructor(deps: { readonly clock: Clock; readonly timers: Timers }) {
    this.#deps = deps;
  }

  /** Names the socket and remembers who it is until it closes. */
  add(socket: Socket, listener: string, make: (peer: string) => Connection): void {
    const peer = `${listener}#${String(this.#next)}`;
    this.#next += 1;
    this.#byPeer.set(peer, make(peer));
    // Own properties shadow the getters of net.Socket, also through the proxy that http2 puts around the socket.
    Object.defineProperty(socket, "remoteAddress", { value: peer });
    Object.defineProperty(socket, "remotePort", { value: undefined });
    Object.defineProperty(socket, NAME, { value: { of: this, peer } });
    this.#lookLater();
    socket.once("close", () => {
      this.#byPeer.delete(peer);
      if (this.#byPeer.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
    });
  }

  /** The name of a socket that this object has named; undefined for any other one. */
  peerOf(socket: object): string | undefined {
    const name = (socket as NamedSocket)[NAME];
    return name?.of === this ? name.peer : undefined;
  }

  /** How the connection of this name behaves; undefined once it has closed. */
  conductOf(peer: string): Conduct | undefined {
    return this.#byPeer.get(peer)?.conduct;
  }

  /** Weighs what every open connection has sent, at most every 20 ms; called with every call, and by a timer. */
  look(): void {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs < this.#lookedAtMs + LOOK_MS) return;
    this.#lookedAtMs = nowMs;
    for (const { conduct } of this.#byPeer.values()) conduct.look(nowMs);
  }

  /** A flood that comes with no call wakes nobody. */
  #lookLater(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#deps.timers.after(QUIET_LOOK_MS, () => {
      this.#isLookDue = false;
      this.look();
      if (this.#byPeer.size > 0) this.#lookLater();
    });
  }

  /** Resolves when no connection is open. */
  whenNone(): Promise<void> {
    if (this.#byPeer.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /**
   * The connection of a call. Whether the call may be answered is for its `check` to say, after: a call that is refused
   * is still somebody's, and is counted and audited as theirs.
   * @throws PodkeyError PEER_DENIED, if the connection has just closed.
   */
  of(call: IncomingCall): Connection {
    const connection = this.#byPeer.get(call.getPeer());
    // Only a call whose socket has just closed has none; nobody will read the answer.
    if (connection === undefined)
      throw new PodkeyError("PEER_DENIED", "The connection of this call is closed.");
    return connection;
  }
}

/**
 * Takes a place for a streaming call on its connection; `connection.streams -= 1` gives it back.
 * @throws PodkeyError TOO_MANY_STREAMS.
 */
export function enterConnection(connection: Connection): void {
  if (connection.streams >= CONNECTION_STREAMS_LIMIT) {
    connection.served.metrics.rejected("connection_streams");
    throw new PodkeyError(
      "TOO_MANY_STREAMS",
      `This connection has ${String(CONNECTION_STREAMS_LIMIT)} streams open; share one Watch per process, or use another connection.`,
      { metadata: { limit: String(CONNECTION_STREAMS_LIMIT), per: "connection" } },
    );
  }
  connection.streams += 1;
}
