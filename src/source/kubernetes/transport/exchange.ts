/**
 * One HTTP request and its answer, whatever protocol carries it: the contract between api-client.ts, which asks, and
 * the two kinds of connection, http2-peer.ts and http1-peer.ts, which carry. Callbacks, because both kinds of Node
 * stream are callbacks; RxJS begins in api-client.ts.
 */
import type { SyncError } from "../../../sync/port/sync-error.ts";

/** A request, ready to be sent. */
export interface ExchangeRequest {
  readonly method: "GET" | "POST";
  /** Path with query. */
  readonly path: string;
  /** Lower-case names; without host and connection. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Headers of an answer, as far as podkey reads any. */
export interface AnswerHeaders {
  readonly contentType: string | undefined;
  readonly retryAfter: string | undefined;
  /** The server's clock, as an HTTP date. */
  readonly date: string | undefined;
}

/** What happens to a request. After `end` or `error` nothing more comes; after an abort nothing at all. */
export interface ExchangeEvents {
  head(status: number, headers: AnswerHeaders): void;
  data(chunk: Buffer): void;
  /** The answer is complete. */
  end(): void;
  error(error: SyncError): void;
  /** In place of `error`: the server did not look at the request (REFUSED_STREAM), so it may be sent again at once. */
  unprocessed(error: SyncError): void;
  /** A byte or PING ack came on the connection, for whichever exchange; at most one a second. */
  contact(): void;
  /** The connection takes no new requests; this exchange may go on for a while. */
  goingAway(): void;
}

/** A connection that carries exchanges. */
export interface Peer {
  readonly protocol: "h2" | "http/1.1";
  /** Fulfilled when it takes exchanges; rejects with a SyncError when it closes before. */
  readonly ready: Promise<void>;
  /** Whether it takes another exchange of this kind. */
  hasRoom(long: boolean): boolean;
  /**
   * Sends a request. `long`: a watch, which holds its place for minutes.
   * @returns the way to abort it; undefined when the connection turned out to be closing: take another one.
   */
  send(request: ExchangeRequest, long: boolean, events: ExchangeEvents): (() => void) | undefined;
  /** Takes no new exchanges; closes when the last one is over. */
  retire(): void;
  /** Closes now; exchanges end with an error. */
  destroy(): void;
}

/** One value of a header that Node may give as a list. */
export function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value[0];
}
