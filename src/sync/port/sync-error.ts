/**
 * What can go wrong between podkey and a source, as a closed set of kinds. Adapters classify (source/kubernetes/
 * classify-error.ts and nowhere else); `list-watch.ts` decides by kind alone. The message is for the log: value-free,
 * one sentence, what happened and where.
 */

/** The kinds, after watch-engine facts: each has its own row in the reflector's error table. */
export type SyncErrorKind =
  /** 410, by HTTP or in the stream: the version is too old. */
  | "expired"
  /** 504 ResourceVersionTooLarge: this API server lags behind the one we read before. */
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
  /** A line that is no JSON, an oversized line, an answer that is no list: nothing of it may be used. */
  | "malformed"
  /** 400, 404, 405, 422 and other answers that a retry will not change: configuration. */
  | "configuration";

/** An error of the source, classified. */
export class SyncError extends Error {
  readonly kind: SyncErrorKind;
  /** What the server asked us to wait, in milliseconds (Retry-After, retryAfterSeconds). */
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
