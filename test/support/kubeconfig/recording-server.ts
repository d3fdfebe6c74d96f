/**
 * A TLS server that records who asked: SNI, path, credentials and client certificate of each request. It accepts every
 * request and every client certificate. Used to compare podkey with kubectl.
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createSecureServer } from "node:http2";
import type { Server } from "node:net";
import type { TLSSocket } from "node:tls";
import type { CertificatePair } from "../tls/certificate-authority.ts";

/** One request as the server received it. */
export interface RecordedRequest {
  /** The name of the server. */
  readonly server: string;
  readonly path: string;
  /** The name in the TLS handshake; absent if the client sent none. */
  readonly sni?: string;
  readonly authorization?: string;
  /** Common name of the client certificate. */
  readonly certificate?: string;
  /** Impersonate-* headers, sorted by name; a repeated header has several values. */
  readonly impersonate?: Readonly<Record<string, readonly string[]>>;
}

/** A running server. */
export interface RecordingServer {
  readonly port: number;
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

const VERSION = JSON.stringify({ major: "1", minor: "36", gitVersion: "v1.36.3" });

/** Listens on a loopback port. @param pair certificate of the server; undefined: plain HTTP. */
export async function startRecordingServer(
  name: string,
  pair: CertificatePair | undefined,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    requests.push(record(name, request));
    response.setHeader("content-type", "application/json");
    response.end(VERSION);
  };
  const server: Server =
    pair === undefined
      ? createServer(answer)
      : createSecureServer(
          {
            allowHTTP1: true,
            requestCert: true,
            rejectUnauthorized: false,
            cert: pair.certificatePem,
            key: pair.keyPem,
          },
          answer,
        );
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    requests,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function record(server: string, request: IncomingMessage | Http2ServerRequest): RecordedRequest {
  const socket = request.socket as Partial<TLSSocket>;
  const sni = typeof socket.servername === "string" ? socket.servername : undefined;
  const certificate = /^CN=(.*)$/m.exec(socket.getPeerX509Certificate?.()?.subject ?? "")?.[1];
  const { authorization } = request.headers;
  const impersonate = impersonateHeaders(request.rawHeaders);
  return {
    server,
    path: (request.url ?? "").replace(/\?.*/, ""),
    ...(sni !== undefined && { sni }),
    ...(authorization !== undefined && { authorization }),
    ...(certificate !== undefined && { certificate }),
    ...(impersonate !== undefined && { impersonate }),
  };
}

function impersonateHeaders(raw: readonly string[]): Readonly<Record<string, readonly string[]>> | undefined {
  const found = new Map<string, string[]>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    if (!name.startsWith("impersonate-")) continue;
    found.set(name, [...(found.get(name) ?? []), raw[index + 1] ?? ""]);
  }
  if (found.size === 0) return undefined;
  const sorted = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  // Go sends the values of a map in random order.
  return Object.fromEntries(sorted.map(([name, values]) => [name, values]));
}
