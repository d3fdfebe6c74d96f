/**
 * Admin HTTP for kubelet, Prometheus and people with `kubectl port-forward`: /livez, /readyz, /startupz, /metrics and
 * /statusz. It is read-only and returns no values of Secrets. Connections are limited (connection-limit.ts).
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import type { AdminAddress } from "../config/value/address.ts";
import { isLoopbackAuthority, isLoopbackHost } from "../config/value/address.ts";
import type { MetricsPage } from "../observe/metrics-registry.ts";
import type { Probes } from "./checks.ts";
import { probe } from "./checks.ts";
import { limitConnections } from "./connection-limit.ts";

export interface AdminDeps {
  readonly probes: Probes;
  readonly metricsPage: (format: "prometheus" | "openmetrics") => Promise<MetricsPage>;
  /** /statusz as HTML. */
  readonly statusPage: () => Promise<string>;
}

/** A listening admin server. */
export interface AdminServer {
  /** Its address; port 0 is replaced by the actual port. */
  readonly address: AdminAddress;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 8192;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Starts listening. @throws as node:net does (EADDRINUSE, EACCES). */
export async function listenAdmin(address: AdminAddress, deps: AdminDeps): Promise<AdminServer> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
  const answered = new WeakSet<Socket>();
  server.on("request", (request, response) => {
    // A client can send further requests before it gets the response, which closes the connection.
    if (answered.has(request.socket)) return;
    answered.add(request.socket);
    void respond(request, response, { ...deps, isLoopback: isLoopback(server) });
  });
  limitConnections(server);
  // Not HTTP, or disconnected.
  server.on("clientError", (_error, socket) => socket.destroy());
  await listening(server, address);
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  return { address: { host: address.host, port }, close: () => closed(server) };
}

function listening(server: Server, address: AdminAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: address.port, ...(address.host !== undefined && { host: address.host }) }, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Whether only processes of this machine can connect, and so a browser could with DNS rebinding. */
function isLoopback(server: Server): boolean {
  const bound = server.address();
  return typeof bound === "object" && bound !== null && isLoopbackHost(bound.address);
}

interface RespondDeps extends AdminDeps {
  readonly isLoopback: boolean;
}

async function respond(request: IncomingMessage, response: ServerResponse, deps: RespondDeps): Promise<void> {
  request.resume();
  let answer: Answer;
  try {
    answer = await answerOf(request, deps);
  } catch {
    answer = plain(500, "internal error; reload the page, or report it with podkey's log\n");
  }
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    "content-type": answer.contentType,
    "content-length": body.byteLength,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    connection: "close",
    ...(answer.status === 405 && { allow: "GET, HEAD" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function answerOf(request: IncomingMessage, deps: RespondDeps): Promise<Answer> {
  const { host } = request.headers;
  if (deps.isLoopback && host !== undefined && !isLoopbackAuthority(host))
    return plain(403, "the Host header is not a loopback name; use localhost, 127.0.0.1 or [::1]\n");
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "read-only: use GET\n");
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const verbose = new URLSearchParams(query).has("verbose");
  switch (path) {
    case "/livez":
    case "/readyz":
    case "/startupz": {
      const name = path.slice(1) as keyof Probes;
      const { ok, text } = probe(name, deps.probes[name], verbose);
      return plain(ok ? 200 : 503, text);
    }
    case "/metrics": {
      const page = await deps.metricsPage(
        wantsOpenMetrics(request.headers.accept) ? "openmetrics" : "prometheus",
      );
      return { status: 200, ...page };
    }
    case "/statusz":
      return { status: 200, contentType: "text/html; charset=utf-8", body: await deps.statusPage() };
    default:
      return plain(404, "not found; use /livez, /readyz, /startupz, /metrics or /statusz\n");
  }
}

function plain(status: number, body: string): Answer {
  return { status, contentType: "text/plain; charset=utf-8", body };
}

/** Whether Accept contains OpenMetrics with a weight other than 0. */
function wantsOpenMetrics(accept: string | undefined): boolean {
  return (accept ?? "").split(",").some((range) => {
    const [type, ...parameters] = range.split(";").map((part) => part.trim());
    return type === "application/openmetrics-text" && !parameters.includes("q=0");
  });
}
