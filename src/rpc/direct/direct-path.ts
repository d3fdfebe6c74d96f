/**
 * The short way of the reads: calls of a few unary methods are served from their HTTP/2 stream, all others (and every
 * call that is not of the plainest kind) by grpc-js. Metrics, policy, audit and errors are the same functions on both
 * ways. Why: grpc-js costs more per Get than everything else together (docs/performance.md).
 *
 * Only public API of Node is used: its diagnostics channel tells of every new stream before the session emits `stream`,
 * and there the listener that grpc-js's server has on the session is put behind ours. Where Node has no such channel,
 * grpc-js serves everything.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Timers } from "../../core/time/clock.ts";
import type { Connections } from "../consumer/connection.ts";
import type { DirectMethod } from "./direct-call.ts";
import { serveDirectly } from "./direct-call.ts";
import { judge } from "./judge.ts";
import { StreamQueue } from "./stream-queue.ts";
import { timeoutMs } from "../request/timeout.ts";

/** Node's channel for new streams of an HTTP/2 server (22.17, 24.2 and later). */
const STREAM_CREATED = "http2.server.stream.created";

/** Headers and message of a call that grpc-js reads. */
const REQUEST_BYTES = 1024 * 1024 + 65_536;

/** What the path needs. */
export interface DirectPathDeps {
  readonly connections: Connections;
  /** By `:path`. */
  readonly methods: ReadonlyMap<string, DirectMethod>;
  readonly timers: Timers;
  /** Runs a task in a later turn of the event loop, after I/O (`setImmediate`). */
  readonly defer: (task: () => void) => void;
}

/** Starts to serve these methods directly, on connections of this server; returns the way to stop. */
export function openDirectPath(deps: DirectPathDeps): () => void {
  const seen = new WeakSet<ServerHttp2Session>();
  const queue = new StreamQueue<ServerHttp2Session>(deps.defer);
  const onCreated = (message: unknown): void => {
    const session = sessionOf(message);
    if (session === undefined || seen.has(session)) return;
    seen.add(session);
    const peer = deps.connections.peerOf(session.socket);
    if (peer !== undefined) route(deps, queue, session, peer);
  };
  subscribe(STREAM_CREATED, onCreated);
  return () => void unsubscribe(STREAM_CREATED, onCreated);
}

/** Puts our listener before those of the session. */
function route(
  { connections, methods, timers }: DirectPathDeps,
  queue: StreamQueue<ServerHttp2Session>,
  session: ServerHttp2Session,
  peer: string,
): void {
  const conduct = connections.conductOf(peer);
  if (conduct === undefined) return;
  conduct.begin(session);
  const others = session.listeners("stream");
  session.removeAllListeners("stream");
  session.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...rest: unknown[]) => {
    connections.look();
    const method = methods.get(headers[":path"] ?? "");
    if (method !== undefined && isPlain(headers)) {
      serveDirectly({ stream, headers, peer, conduct, method, timers });
      return;
    }
    const asked = judge(stream, conduct, REQUEST_BYTES);
    queue.add(session, {
      isGone: () => stream.destroyed,
      left: asked,
      hand: () => {
        for (const listener of others) Reflect.apply(listener, session, [stream, headers, ...rest]);
      },
    });
  });
}

/** No compression, no other encoding of messages, and a timeout that can be read. */
function isPlain(headers: IncomingHttpHeaders): boolean {
  const type = headers["content-type"];
  const encoding = headers["grpc-encoding"];
  const timeout = headers["grpc-timeout"];
  return (
    headers[":method"] === "POST" &&
    (type === "application/grpc" || type === "application/grpc+proto") &&
    (encoding === undefined || encoding === "identity") &&
    (timeout === undefined || (typeof timeout === "string" && timeoutMs(timeout) >= 0))
  );
}

function sessionOf(message: unknown): ServerHttp2Session | undefined {
  if (typeof message !== "object" || message === null || !("stream" in message)) return undefined;
  const stream = message.stream as Pick<ServerHttp2Stream, "session">;
  return stream.session as ServerHttp2Session | undefined;
}
