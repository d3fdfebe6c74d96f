/**
 * One listener of a consumer: a net.Server of our own whose sockets are injected into grpc-js. Owning the server gives
 * race-free file rights, a limit of connections, and the identity of every call (connection.ts).
 */
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import type { ListenAddress } from "../../config/value/address.ts";
import { formatListen } from "../../config/value/address.ts";
import type { Clock } from "../../core/time/clock.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Log } from "../../log/events.ts";
import { isLoopbackAuthority } from "./authority.ts";
import { Conduct } from "../consumer/flood-guard.ts";
import type { Connection, Connections, IncomingCall } from "../consumer/connection.ts";
import { ListenError } from "./listen-error.ts";
import type { PeerReader } from "./peer-credentials.ts";
import type { PeerCredentials } from "./so-peercred.ts";
import type { ListenerInfo } from "../observe/rpc-metrics.ts";
import type { ServedConsumer } from "../consumer/served-consumer.ts";
import { takeSocket } from "./socket-file.ts";
import { TokenFile } from "./token-file.ts";

/** One listener as configured. */
export interface ListenerSpec {
  readonly listen: ListenAddress;
  /** Mode of a Unix socket. */
  readonly socketMode: number;
  /** Owner of a Unix socket; undefined: as the process makes it. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** File with the bearer token of a TCP listener. */
  readonly tokenFile?: string | undefined;
  /** What the kernel must say of the client; Unix sockets only. */
  readonly peer?: { readonly uid: number | undefined; readonly gid: number | undefined } | undefined;
}

/** What a listener is opened with. */
export interface ListenerDeps {
  readonly spec: ListenerSpec;
  readonly served: ServedConsumer;
  readonly connections: Connections;
  readonly maxConnections: number;
  /** Hands a socket to grpc-js. */
  readonly inject: (socket: Socket) => void;
  /** Undefined where kernel credentials cannot be read. */
  readonly peerReader: PeerReader | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** A listener that listens. */
export interface Listener {
  readonly spec: ListenerSpec;
  readonly info: ListenerInfo;
  /** The address as it came out: with the port that the kernel chose. */
  readonly address: ListenAddress;
  /** Takes no more connections and removes the socket file; open connections go on. */
  close(): void;
  /** Cuts every connection that came by this listener. */
  destroyConnections(): void;
}

/** @throws ListenError. */
export async function openListener(deps: ListenerDeps): Promise<Listener> {
  const { spec, served, log } = deps;
  const consumer = served.view.consumer;
  const admit = admissionOf(deps);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    // http2 takes the errors of its session; an error before that must not end the process.
    socket.on("error", () => undefined);
    sockets.add(socket);
    served.metrics.connections(1);
    socket.once("close", () => {
      sockets.delete(socket);
      served.metrics.connections(-1);
    });
    deps.connections.add(socket, `${spec.listen.kind}:${consumer}`, (name) => {
      const { peer, check } = admit(name, socket);
      const conduct = new Conduct({ socket, served, peer, clock: deps.clock, log });
      return { served, peer, check, conduct, streams: 0 };
    });
    const stopWaiting = served.probation.enter({
      letIn: () => {
        deps.inject(socket);
        // http2 reads by itself from here on; this only ends the pause.
        socket.read(0);
      },
      turnAway: () => socket.destroy(),
    });
    socket.once("close", stopWaiting);
  });
  server.maxConnections = deps.maxConnections;
  server.on("drop", () => {
    served.metrics.rejected("connections");
    log("rpc_connection_refused", { consumer, limit: deps.maxConnections });
  });
  const taken = await listen(server, spec);
  if (taken.wasStale) log("rpc_stale_socket", { consumer, address: formatListen(spec.listen) });
  return {
    spec,
    info: { consumer, address: formatListen(taken.address), mode: modeOf(spec) },
    address: taken.address,
    close: () => {
      server.close();
      taken.remove();
    },
    destroyConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Taken {
  readonly address: ListenAddress;
  readonly wasStale: boolean;
  readonly remove: () => void;
}

async function listen(server: Server, spec: ListenerSpec): Promise<Taken> {
  const { listen: address } = spec;
  if (address.kind === "unix") {
    const file = { path: address.path, mode: spec.socketMode, uid: spec.uid, gid: spec.gid };
    return { address, ...(await takeSocket(server, file)) };
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new ListenError(
          "unavailable",
          `podkey cannot listen on ${formatListen(address)} (${error.code ?? ""}); is another process there? Choose another port.`,
          error,
        ),
      ),
    );
    server.listen({ host: address.host, port: address.port }, resolve);
  });
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return { address: { ...address, port }, wasStale: false, remove: () => undefined };
}

/** What every call of a connection is checked by; settled once a connection, where it can be. */
function admissionOf(
  deps: ListenerDeps,
): (name: string, socket: Socket) => Pick<Connection, "peer" | "check"> {
  const { spec, served } = deps;
  if (spec.listen.kind === "tcp") {
    const token = tokenOf(deps);
    return (peer) => ({ peer, check: (call) => checkTcp(call, token) });
  }
  const { peer: wanted } = spec;
  if (wanted === undefined) return (peer) => ({ peer, check: () => undefined });
  const { peerReader } = deps;
  if (peerReader === undefined)
    throw new ListenError(
      "invalid",
      `Consumer ${served.view.consumer} names a peer, but kernel credentials cannot be read here (Linux and the package koffi are needed); install it or remove peer.`,
    );
  return (peer, socket) => {
    const found = peerReader(socket);
    const isWanted = found !== undefined && fits(wanted.uid, found.uid) && fits(wanted.gid, found.gid);
    const shown = found === undefined ? "" : ` uid=${String(found.uid)} gid=${String(found.gid)}`;
    if (!isWanted)
      deps.log("rpc_peer_denied", { consumer: served.view.consumer, uid: found?.uid, gid: found?.gid });
    const check = isWanted ? () => undefined : () => refusePeer(found);
    return { peer: `${peer}${shown}`, check };
  };
}

function tokenOf(deps: ListenerDeps): TokenFile | undefined {
  const { tokenFile } = deps.spec;
  if (tokenFile === undefined) return undefined;
  const token = new TokenFile({ path: tokenFile, clock: deps.clock, log: deps.log });
  if (token.isReadable) return token;
  throw new ListenError(
    "invalid",
    `The token file ${tokenFile} cannot be read or is empty; write a token into it.`,
  );
}

function checkTcp(call: IncomingCall, token: TokenFile | undefined): void {
  const authority = call.getHost();
  if (!isLoopbackAuthority(authority))
    throw new PodkeyError(
      "BAD_AUTHORITY",
      "The authority of this call is not a loopback name; connect to localhost, 127.0.0.1 or [::1].",
    );
  const sent = call.metadata.get("authorization")[0];
  if (token !== undefined && !token.admits(typeof sent === "string" ? sent : undefined))
    throw new PodkeyError(
      "BAD_TOKEN",
      "This listener wants a token; send metadata `authorization: Bearer TOKEN` with the content of its token file.",
    );
}

function refusePeer(found: PeerCredentials | undefined): never {
  const who = found === undefined ? "unknown" : `uid ${String(found.uid)}, gid ${String(found.gid)}`;
  throw new PodkeyError(
    "PEER_DENIED",
    `The kernel says that this client is ${who}, and this socket is for another; connect to the socket of your own container.`,
  );
}

function fits(wanted: number | undefined, found: number): boolean {
  return wanted === undefined || wanted === found;
}

function modeOf(spec: ListenerSpec): string {
  return spec.listen.kind === "unix" ? spec.socketMode.toString(8).padStart(4, "0") : "";
}
