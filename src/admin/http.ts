/**
 * Admin HTTP for kubelet, Prometheus and people with `kubectl port-forward`: /livez, /readyz, /startupz, /metrics and
 * /statusz. It is read-only and returns no values of Secrets. Time, size and number of connections are limited.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AdminAddress } from "../config/value/address.ts";
import type { MetricsPage } from "../observe/metrics-registry.ts";
import type { Probes } from "./checks.ts";
import { probe } from "./checks.ts";

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

/** Time limit of a request head and of reading a response. */
const SLOW_CLIENT_MS = 5000;
/** Enough for the kubelet, two Prometheus servers and a person. */
const MAX_CONNECTIONS = 32;
const MAX_HEADER_BYTES = 8192;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Starts listening. @throws as node:net does (EADDRINUSE, EACCES). */
export async function listenAdmin(address: AdminAddress, deps: AdminDeps): Promise<AdminServer> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: SLOW_CLIENT_MS, requestTimeout: SLOW_CLIENT_MS },
    (request, response) => void respond(request, response, deps),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = SLOW_CLIENT_MS;
  server.setTimeout(2 * SLOW_CLIENT_MS, (socket) => socket.destroy());
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

async function respond(request: IncomingMessage, response: ServerResponse, deps: AdminDeps): Promise<void> {
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
    ...(answer.status === 405 && { allow: "GET, HEAD", connection: "close" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function answerOf(request: IncomingMessage, deps: AdminDeps): Promise<Answer> {
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
