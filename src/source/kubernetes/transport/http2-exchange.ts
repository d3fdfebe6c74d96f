/**
 * One request on an HTTP/2 stream. Called by http2-peer.ts. A response is complete only if the server ended the stream
 * with END_STREAM: Node emits `end` for a broken stream too, and without an error code if the session was destroyed.
 */
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { constants } from "node:http2";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { classifyNodeError } from "../failure/classify-node-error.ts";
import type { ExchangeEvents, ExchangeRequest } from "./exchange.ts";
import { headerText } from "./exchange.ts";

/** The exchanges of one connection. */
export interface OpenExchanges {
  watches: number;
  readonly all: Set<ExchangeEvents>;
  /** Why the connection ended, if podkey closed it or a GOAWAY said why; the error of every exchange. */
  closeReason: SyncError | undefined;
}

/** The connection of an exchange. */
export interface Http2Carrier {
  readonly session: ClientHttp2Session;
  readonly server: URL;
  readonly open: OpenExchanges;
  readonly long: boolean;
  /** Bytes arrived. */
  onBytes(): void;
}

/** Opens a stream and returns a function that aborts it. Undefined if the session accepts no more streams. */
export function openHttp2Exchange(
  carrier: Http2Carrier,
  request: ExchangeRequest,
  events: ExchangeEvents,
): (() => void) | undefined {
  const { open, long, server } = carrier;
  const stream = startStream(carrier.session, request);
  if (stream === undefined) return undefined;
  open.all.add(events);
  if (long) open.watches += 1;
  let over = false;
  let failure: unknown;
  let endedWhileAlive = false;
  const leave = (): void => {
    over = true;
    if (open.all.delete(events) && long) open.watches -= 1;
  };

  stream.on("response", (headers) => {
    if (over) return;
    carrier.onBytes();
    events.head(headers[":status"] ?? 0, {
      contentType: headerText(headers["content-type"]),
      contentEncoding: headerText(headers["content-encoding"]),
      retryAfter: headerText(headers["retry-after"]),
      date: headerText(headers["date"]),
    });
  });
  stream.on("data", (chunk: Buffer) => {
    if (over) return;
    carrier.onBytes();
    events.data(chunk);
  });
  stream.once("end", () => {
    endedWhileAlive = !carrier.session.destroyed && stream.rstCode === constants.NGHTTP2_NO_ERROR;
  });
  stream.on("error", (error) => {
    failure = error;
  });
  stream.once("close", () => {
    if (over) return;
    leave();
    if (failure === undefined && endedWhileAlive && stream.rstCode === constants.NGHTTP2_NO_ERROR)
      events.end();
    else if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && open.closeReason === undefined)
      events.unprocessed(describe(failure, stream.rstCode, server));
    else events.error(open.closeReason ?? describe(failure, stream.rstCode, server));
  });
  return () => {
    if (over) return;
    leave();
    stream.close(constants.NGHTTP2_CANCEL);
  };
}

function startStream(session: ClientHttp2Session, request: ExchangeRequest): ClientHttp2Stream | undefined {
  let stream: ClientHttp2Stream;
  try {
    stream = session.request(
      { ":method": request.method, ":path": request.path, ...request.headers },
      { endStream: request.body === undefined },
    );
  } catch {
    // ERR_HTTP2_GOAWAY_SESSION, ERR_HTTP2_INVALID_SESSION: nothing was sent.
    return undefined;
  }
  if (request.body !== undefined) stream.end(request.body);
  return stream;
}

function describe(failure: unknown, rstCode: number | undefined, server: URL): SyncError {
  if (failure !== undefined) return classifyNodeError(failure, server.host);
  return new SyncError(
    "reset",
    `${server.host} ended the stream before the end of the response (HTTP/2 code ${String(rstCode ?? 0)}).`,
  );
}
