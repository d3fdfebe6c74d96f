/**
 * One HTTP/1.1 connection, for proxies and load balancers without HTTP/2: one exchange at a time, kept alive between
 * exchanges. Created by connection-pool.ts. It cannot distinguish a dead peer from a silent one; the reflector detects
 * it after 90 s of silence.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, request as httpRequest } from "node:http";
import type { Clock } from "../../../core/time/clock.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { classifyNodeError } from "../failure/classify-node-error.ts";
import type { Dialed } from "./dial.ts";
import type { ExchangeEvents, ExchangeRequest, Peer } from "./exchange.ts";
import { headerText } from "./exchange.ts";
import type { KubeParameters } from "../target/parameters.ts";

export interface Http1PeerDeps {
  readonly clock: Clock;
  readonly parameters: KubeParameters;
  readonly server: URL;
  /** The connection closed. Called once. */
  onClosed(): void;
}

/** Uses HTTP/1.1 on the socket. */
export function createHttp1Peer(dialed: Dialed, deps: Http1PeerDeps): Peer {
  const { socket } = dialed;
  const { clock, parameters, server } = deps;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
  // The agent gets the one socket at the first request and keeps it from then on.
  agent.createConnection = () => socket;
  let busy = false;
  let closed = false;
  let retired = false;
  let idleSinceMs = clock.nowMs();
  socket.on("error", () => undefined);
  socket.once("close", () => {
    closed = true;
    agent.destroy();
    deps.onClosed();
  });
  const lastOne = (): void => {
    retired = true;
  };
  const free = (): void => {
    busy = false;
    idleSinceMs = clock.nowMs();
    if (retired) socket.destroy();
  };

  return {
    protocol: "http/1.1",
    ready: Promise.resolve(),
    hasRoom() {
      if (busy || closed || retired) return false;
      if (clock.nowMs() - idleSinceMs < parameters.http1IdleMs) return true;
      // The server may be closing it now; a request on it would fail.
      socket.destroy();
      return false;
    },
    send(request, _long, events) {
      if (busy || closed || socket.destroyed) return undefined;
      busy = true;
      return openHttp1Exchange({ agent, server, free, lastOne }, request, events);
    },
    retire() {
      retired = true;
      if (!busy) socket.destroy();
    },
    destroy() {
      socket.destroy();
    },
  };
}

interface Http1Carrier {
  readonly agent: Agent;
  readonly server: URL;
  /** The exchange ended and the connection can carry the next one. */
  readonly free: () => void;
  /** The server closes the connection after this exchange. */
  readonly lastOne: () => void;
}

function openHttp1Exchange(
  carrier: Http1Carrier,
  request: ExchangeRequest,
  events: ExchangeEvents,
): () => void {
  const { server } = carrier;
  const ask = startRequest(carrier, request);
  let over = false;
  const fail = (error: SyncError): void => {
    if (over) return;
    over = true;
    events.error(error);
  };
  const onResponse = (response: IncomingMessage): void => {
    if (over) return;
    events.contact();
    if (response.headers.connection?.toLowerCase() === "close") carrier.lastOne();
    response.on("data", (chunk: Buffer) => {
      if (over) return;
      events.contact();
      events.data(chunk);
    });
    response.once("end", () => {
      if (over || !response.complete) return;
      over = true;
      carrier.free();
      events.end();
    });
    response.once("close", () => {
      fail(new SyncError("reset", `${server.host} closed the connection before the end of the response.`));
    });
    response.on("error", (error) => {
      fail(classifyNodeError(error, server.host));
    });
    events.head(response.statusCode ?? 0, {
      contentType: response.headers["content-type"],
      contentEncoding: response.headers["content-encoding"],
      retryAfter: headerText(response.headers["retry-after"]),
      date: response.headers.date,
    });
  };
  ask.once("response", onResponse);
  ask.on("error", (error) => {
    fail(classifyNodeError(error, server.host));
  });
  return () => {
    over = true;
    ask.destroy();
  };
}

function startRequest(
  { agent, server }: Http1Carrier,
  { method, path, headers, body }: ExchangeRequest,
): ClientRequest {
  const ask = httpRequest({
    agent,
    method,
    path,
    host: server.hostname,
    headers: {
      host: server.host,
      ...headers,
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    },
  });
  ask.end(body);
  return ask;
}
