/**
 * A bare HTTP/2 server: records the `:authority` of every request and answers UNIMPLEMENTED. Shows what clients send, without
 * a gRPC library of a server in between.
 */
import { once } from "node:events";
import { createServer } from "node:http2";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { Place } from "../kit/relay.ts";

/** See the file header. */
export class BareServer {
  readonly #server: Http2Server = createServer();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #seen = new Set<string>();

  constructor() {
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("error", () => undefined).on("close", () => this.#sessions.delete(session));
    });
    this.#server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      this.#seen.add(headers[":authority"] ?? "(none)");
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "grpc-status": "12", "grpc-message": "no" },
        { endStream: true },
      );
    });
  }

  /** Listens. */
  async open(place: Place): Promise<void> {
    this.#server.listen(place);
    await once(this.#server, "listening");
  }

  /** Every authority that was sent since the last call of this. */
  take(): readonly string[] {
    const seen = [...this.#seen];
    this.#seen.clear();
    return seen;
  }

  /** Closes everything. */
  async close(): Promise<void> {
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    await once(this.#server, "close");
  }
}
