/**
 * The answering end of one request, the same for HTTP/2 and HTTP/1.1: complete bodies, streams of chunks with the given splits,
 * and abrupt ends (stream reset, connection reset). Used by handlers and scripts.
 */
import { once } from "node:events";
import { constants } from "node:http2";
import type { ServerHttp2Stream } from "node:http2";
import { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RequestRecord } from "./api-request.ts";
import type { Status } from "./status.ts";

/** Where an answer is written: a stream of HTTP/2 or a response of HTTP/1.1; both are writable streams. */
export type Sink = ServerHttp2Stream | ServerResponse;

/** See the file header. */
export class Responder {
  readonly #sink: Sink;
  readonly #rawSocket: Socket;
  readonly #record: RequestRecord;

  /** @param rawSocket the TCP socket under TLS, for resets without a close of TLS. */
  constructor(sink: Sink, rawSocket: Socket, record: RequestRecord) {
    this.#sink = sink;
    this.#rawSocket = rawSocket;
    this.#record = record;
    sink.once("close", () => {
      record.endedAtMs ??= performance.now();
    });
    // A client may disconnect in the middle of an answer.
    sink.on("error", () => undefined);
  }

  /** Whether nothing more can be written: ended by either side. */
  get closed(): boolean {
    return this.#sink.destroyed || this.#sink.writableEnded;
  }

  /** Calls back once when the stream has ended, by either side. */
  onClose(listener: () => void): void {
    if (this.#sink.closed) listener();
    else this.#sink.once("close", listener);
  }

  /** Sends the headers at once; the body follows. */
  open(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.closed) return;
    this.#record.status = status;
    if (this.#sink instanceof ServerResponse) this.#sink.writeHead(status, headers).flushHeaders();
    else this.#sink.respond({ ":status": status, ...headers });
  }

  /** Writes bytes; false means that the client does not read fast enough. */
  write(chunk: string | Uint8Array): boolean {
    return !this.closed && this.#sink.write(chunk);
  }

  /** Writes bytes and waits until they have left this process, so that the next chunk is a separate frame. */
  async writeApart(chunk: Uint8Array): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      this.#sink.once("close", resolve);
      this.#sink.write(chunk, () => {
        this.#sink.off("close", resolve);
        resolve();
      });
    });
  }

  /** Waits until the client has read what was written, or has disconnected. */
  async drained(): Promise<void> {
    if (this.closed || !this.#sink.writableNeedDrain) return;
    await Promise.race([once(this.#sink, "drain"), once(this.#sink, "close")]);
  }

  /** Ends the stream cleanly (END_STREAM, last chunk). */
  end(): void {
    if (!this.closed) this.#sink.end();
  }

  /** A complete answer. */
  send(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void {
    if (this.closed) return;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    this.open(status, { ...headers, "content-length": String(bytes.byteLength) });
    this.#sink.end(bytes);
  }

  /** A complete JSON answer; bodies end with a newline, as the real server's do. */
  json(status: number, value: object, headers: Readonly<Record<string, string>> = {}): void {
    this.send(status, { "content-type": "application/json", ...headers }, `${JSON.stringify(value)}\n`);
  }

  /** A failure as an HTTP answer. */
  fail(status: Status, headers: Readonly<Record<string, string>> = {}): void {
    this.json(status.code ?? 500, status, headers);
  }

  /** Breaks the stream: RST_STREAM on HTTP/2, a reset of the connection on HTTP/1.1. */
  resetStream(code: number = constants.NGHTTP2_INTERNAL_ERROR): void {
    const sink = this.#sink;
    if (sink instanceof ServerResponse) {
      this.resetConnection();
      return;
    }
    // Node's close(code) sends END_STREAM before RST_STREAM, and a client may notice only the clean end.
    sink.end = () => sink;
    sink.close(code);
  }

  /** Breaks the connection with a TCP RST. */
  resetConnection(): void {
    this.#rawSocket.resetAndDestroy();
  }
}
