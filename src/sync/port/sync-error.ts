/**
 * What can fail between podkey and a source: a closed set of kinds. Only source/kubernetes/failure/classify-error.ts
 * and its neighbours classify; the engine decides by the kind alone. The message is for the log: one sentence about what
 * failed and where, without a value.
 */

/** The kinds. Each has a row in the table of engine/failure.ts. */
export type SyncErrorKind =
  /** 410, by HTTP or in the stream: the version is too old. */
  | "expired"
  /** 504 ResourceVersionTooLarge: this API server lags behind the one that was read before. */
  | "version-too-large"
  /** 429, or 503 with Retry-After. */
  | "throttled"
  /** Any other 5xx, also as an in-stream ERROR. */
  | "server"
  | "unauthorized"
  | "forbidden"
  /** Certificate or handshake. */
  | "tls"
  /** Refused, DNS, connect timeout: no server was reached. */
  | "unreachable"
  /** The connection or stream broke off (RST, ECONNRESET, GOAWAY with an error). */
  | "reset"
  /** No PING ack in time: the connection is dead though open. */
  | "dead-connection"
  /** No byte within the request's limit. */
  | "timeout"
  /** WatchList is not offered here (422, or parameters refused): list instead. */
  | "watch-list-unsupported"
  /** A line that is not JSON, an oversized line, an answer that is not a list: nothing of it is used. */
  | "malformed"
  /** 400, 404, 405, 422 and other answers that a retry will not change: configuration. */
  | "configuration";

/** A classified error of the source. */
export class SyncError extends Error {
  readonly kind: SyncErrorKind;
  /** The delay that the server asked for, in milliseconds (Retry-After, retryAfterSeconds). */
  readonly retryAfterMs: number | undefined;
  /** HTTP status, where there was one. */
  readonly httpStatus: number | undefined;

  /** @param message one value-free sentence. */
  constructor(
    kind: SyncErrorKind,
    message: string,
    facts: { readonly retryAfterMs?: number; readonly httpStatus?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: facts.cause });
    this.name = "SyncError";
    this.kind = kind;
    this.retryAfterMs = facts.retryAfterMs;
    this.httpStatus = facts.httpStatus;
  }
}
