/**
 * One HTTP request and its response, independent of the protocol: the interface between api-client.ts and the two kinds
 * of connection, http2-peer.ts and http1-peer.ts. It uses callbacks, as Node's streams do; RxJS starts in api-client.ts.
 */
import type { RequestHeaders } from "../target/credentials.ts";
import type { SyncError } from "../../../sync/port/sync-error.ts";

/** A request. */
export interface ExchangeRequest {
  readonly method: "GET" | "POST";
  /** Path with query. */
  readonly path: string;
  /** Lower-case names; host and connection are added. */
  readonly headers: RequestHeaders;
  readonly body: string | undefined;
}

/** The headers of a response that podkey uses. */
export interface AnswerHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly retryAfter: string | undefined;
  /** The server's clock, as an HTTP date. */
  readonly date: string | undefined;
}

/** The events of a request. `end`, `error`, `unprocessed` and an abort each end it. */
export interface ExchangeEvents {
  head(status: number, headers: AnswerHeaders): void;
  data(chunk: Buffer): void;
  /** The response is complete. */
  end(): void;
  error(error: SyncError): void;
  /** In place of `error`: the server did not process the request (REFUSED_STREAM), so it can be sent again at once. */
  unprocessed(error: SyncError): void;
  /** A byte or a PING acknowledgement arrived on the connection, for any exchange. */
  contact(): void;
  /** The connection accepts no new requests; this exchange continues. */
  goingAway(): void;
}

/** A connection that carries exchanges. */
export interface Peer {
  readonly protocol: "h2" | "http/1.1";
  /** Fulfilled when it accepts exchanges; rejects with a SyncError if it closes first. */
  readonly ready: Promise<void>;
  /** Whether it accepts another exchange of this kind. */
  hasRoom(long: boolean): boolean;
  /**
   * Sends a request. `long`: a watch, which occupies the connection for minutes.
   * @returns a function that aborts it; undefined if the connection is closing and another one is needed.
   */
  send(request: ExchangeRequest, long: boolean, events: ExchangeEvents): (() => void) | undefined;
  /** Accepts no new exchanges; closes after the last one. */
  retire(): void;
  /** Closes now; exchanges end with an error. */
  destroy(): void;
}

/** The first value of a header that Node may represent as a list. */
export function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value[0];
}
