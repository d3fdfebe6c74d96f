/**
 * A Watch over bare HTTP/2, so that a test can really stop reading: grpc-js reads messages ahead. While it is stopped, one
 * flow-control window (64 KB) still arrives.
 */
import { connect } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { connect as connectSocket } from "node:net";
import type { WatchRequest } from "../../../src/client/generated/podkey/v1/WatchRequest.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { decode, encode } from "./messages.ts";

const PREFIX_BYTES = 5;

/** See the file comment. */
export class StoppedReader {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #messages: WatchResponse__Output[] = [];
  #bytes = Buffer.alloc(0);
  /** Trailers of the call, once received. */
  trailers: IncomingHttpHeaders | undefined;

  constructor(socket: string, request: WatchRequest) {
    this.#session = connect("http://localhost", { createConnection: () => connectSocket(socket) });
    this.#stream = this.#session.request({
      ":method": "POST",
      ":path": "/podkey.v1.CredentialService/Watch",
      "content-type": "application/grpc",
      te: "trailers",
    });
    // A reset of the stream: `until` ends, and `resetCode` has the code.
    this.#stream.on("error", () => undefined);
    this.#stream.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#stream.on("trailers", (trailers: IncomingHttpHeaders) => void (this.trailers = trailers));
    const body = encode("podkey.v1.WatchRequest", request);
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(body.byteLength, 1);
    this.#stream.end(Buffer.concat([prefix, body]));
  }

  /** The code of RST_STREAM that ended the call; 0 if it ended with trailers. */
  get resetCode(): number | undefined {
    return this.#stream.rstCode;
  }

  /** Reads until a message satisfies the condition or the call ends, then stops; returns what was read. */
  async until(
    isLast: (message: WatchResponse__Output) => boolean,
  ): Promise<readonly WatchResponse__Output[]> {
    this.#stream.resume();
    // Not `once` of node:events: it rejects at a reset of the stream.
    const event = (name: string): Promise<void> =>
      new Promise((done) => this.#stream.once(name, () => done()));
    const ended = Promise.race([event("end"), event("close")]);
    const read: WatchResponse__Output[] = [];
    for (;;) {
      for (let next = this.#messages.shift(); next !== undefined; next = this.#messages.shift()) {
        read.push(next);
        if (!isLast(next)) continue;
        this.#stream.pause();
        return read;
      }
      if (this.#stream.readableEnded || this.#stream.closed) return read;
      await Promise.race([event("data"), ended]);
    }
  }

  /** Ends the connection. */
  close(): void {
    this.#session.destroy();
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      if (this.#bytes.byteLength < PREFIX_BYTES) return;
      const end = PREFIX_BYTES + this.#bytes.readUInt32BE(1);
      if (this.#bytes.byteLength < end) return;
      const message = decode("podkey.v1.WatchResponse", this.#bytes.subarray(PREFIX_BYTES, end));
      this.#messages.push(message as WatchResponse__Output);
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
