/**
 * The network side of the fake API server: one TCP port, TLS with a certificate that can be swapped while it runs,
 * HTTP/2 and HTTP/1.1 by ALPN. Independent of Kubernetes. A restart is a new front on the old port, while connections of the old
 * front may stay open, as with a real API server after SIGTERM.
 */
import { createServer as createHttp1Server } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TLSSocket } from "node:tls";
import type { CertificatePair } from "../tls/certificate-authority.ts";
import type { Sink } from "./responder.ts";

/** What the front needs. */
export interface FrontOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly certificate: CertificatePair;
  /** Client certificates of this authority name their CN as the user. */
  readonly clientCaPem: string | undefined;
  /** What ALPN offers; a proxy that speaks HTTP/1.1 only offers `["http/1.1"]`. */
  readonly protocols: readonly Protocol[];
  /** HTTP/2 streams of one connection at a time; the real server allows 100. */
  readonly maxConcurrentStreams: number;
  readonly onRequest: (incoming: Incoming) => void;
}

/** Protocols by their ALPN names. */
export type Protocol = "h2" | "http/1.1";

/** A request as received. */
export interface Incoming {
  readonly method: string;
  /** Path with query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
  readonly sink: Sink;
  readonly connection: Connection;
}

/** One client connection. */
export interface Connection {
  readonly number: number;
  readonly protocol: Protocol;
  /** TCP under TLS. */
  readonly rawSocket: Socket;
  /** CN of a client certificate that the client CA signed. */
  readonly certificateUser: string | undefined;
  /** Present on HTTP/2. */
  readonly session: ServerHttp2Session | undefined;
}

/** What a kube-apiserver 1.36 announces, measured. */
const SETTINGS = {
  initialWindowSize: 262_144,
  maxFrameSize: 262_144,
  maxHeaderListSize: 1_048_896,
  headerTableSize: 4096,
} as const;

let connectionCount = 0;

/** See the file header. */
export class Front {
  readonly #options: FrontOptions;
  readonly #server;
  readonly #http1 = createHttp1Server({ keepAliveTimeout: 0, requestTimeout: 0 });
  readonly #http2;
  readonly #connections = new Map<Socket, Connection>();
  /** By the client's port, which links a TLS socket to its TCP socket. */
  readonly #sockets = new Map<number, Socket>();

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#server = createTlsServer({
      cert: options.certificate.certificatePem,
      key: options.certificate.keyPem,
      ...(options.clientCaPem === undefined ? {} : { ca: options.clientCaPem }),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: [...options.protocols],
    });
    this.#server.on("connection", (socket: Socket) => {
      this.#accept(socket);
    });
    this.#server.on("secureConnection", (socket: TLSSocket) => {
      this.#secured(socket);
    });
    this.#server.on("tlsClientError", () => undefined);
    this.#http2 = createHttp2Server({
      settings: { ...SETTINGS, maxConcurrentStreams: options.maxConcurrentStreams },
    });
    this.#http2.on("sessionError", () => undefined);
    this.#http2.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      this.#onStream(stream, headers);
    });
    this.#http1.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.#onHttp1(request, response);
    });
  }

  /** Listens on loopback; resolves with the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#options.port, "127.0.0.1", resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Open connections past their TLS handshake. */
  get connections(): readonly Connection[] {
    return [...this.#connections.values()];
  }

  /** New handshakes get this certificate. */
  setCertificate({ certificatePem, keyPem }: CertificatePair): void {
    const { clientCaPem } = this.#options;
    const ca = clientCaPem === undefined ? {} : { ca: clientCaPem };
    this.#server.setSecureContext({ cert: certificatePem, key: keyPem, ...ca });
  }

  /** Refuses new connections from now on; open ones stay. Resolves when the port is free. */
  async stopListening(): Promise<void> {
    if (!this.#server.listening) return;
    // close() calls back only when the last connection is gone, but the port is free at once.
    this.#server.close();
    await new Promise(setImmediate);
  }

  /** Sends GOAWAY(NO_ERROR) on every HTTP/2 connection; open streams continue. */
  goaway(code = 0): void {
    for (const { session } of this.#connections.values())
      if (session?.destroyed === false) session.goaway(code);
  }

  /** Ends every connection: with a TCP RST, or like a killed process (FIN without GOAWAY). */
  dropConnections(how: "reset" | "fin"): void {
    for (const socket of this.#sockets.values()) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.destroy();
    }
    for (const secure of this.#connections.keys()) secure.destroy();
  }

  #accept(socket: Socket): void {
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    this.#sockets.set(remotePort, socket);
    socket.once("close", () => this.#sockets.delete(remotePort));
  }

  #secured(secure: TLSSocket): void {
    const rawSocket = this.#sockets.get(secure.remotePort ?? -1);
    if (rawSocket === undefined) return;
    secure.on("error", () => undefined);
    const protocol: Protocol = secure.alpnProtocol === "h2" ? "h2" : "http/1.1";
    connectionCount += 1;
    const certificateUser = secure.authorized ? commonName(secure) : undefined;
    const facts = { number: connectionCount, protocol, rawSocket, certificateUser };
    secure.once("close", () => this.#connections.delete(secure));
    if (protocol === "http/1.1") {
      this.#connections.set(secure, { ...facts, session: undefined });
      this.#http1.emit("connection", secure);
      return;
    }
    this.#http2.once("session", (session: ServerHttp2Session) => {
      // The real server raises the connection window far above the 64 KiB of the RFC.
      session.once("remoteSettings", () => {
        session.setLocalWindowSize(26_214_400);
      });
      this.#connections.set(secure, { ...facts, session });
      sessionSockets.set(session, secure);
    });
    this.#http2.emit("connection", secure);
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const secure = stream.session === undefined ? undefined : sessionSockets.get(stream.session);
    const connection = secure === undefined ? undefined : this.#connections.get(secure);
    if (connection === undefined) return;
    this.#options.onRequest({
      method: String(headers[":method"]),
      target: String(headers[":path"]),
      headers,
      body: stream,
      sink: stream,
      connection,
    });
  }

  #onHttp1(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(request.socket);
    if (connection === undefined) return;
    const { method = "GET", url: target = "/", headers } = request;
    this.#options.onRequest({ method, target, headers, body: request, sink: response, connection });
  }
}

/** `session.socket` is a guarded proxy; this is the socket itself. */
const sessionSockets = new WeakMap<object, Socket>();

function commonName(secure: TLSSocket): string | undefined {
  const subject = secure.getPeerCertificate().subject as { readonly CN?: string } | undefined;
  return subject?.CN;
}
