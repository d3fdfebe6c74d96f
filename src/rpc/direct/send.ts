/**
 * Answers of the direct path on their way into node:http2. A small reply is copied into one frame; of a large one the
 * parts are handed over as they are, so that a thousand readers of a credential share its bytes.
 */
import type { ServerHttp2Stream } from "node:http2";
import type { Metadata, status as Status } from "@grpc/grpc-js";
import type { Reply } from "../codec/reply.ts";
import { replySizeBytes } from "../codec/reply.ts";

/** What `Buffer.allocUnsafe` still takes from its pool. Above, one more buffer costs more than one more write. */
const COPIED_BYTES = 4000;

const PREFIX_BYTES = 5;

const HEADERS = { ":status": 200, "content-type": "application/grpc+proto" };
const OPTIONS = { waitForTrailers: true, sendDate: false };
const TRAILERS = { "grpc-status": "0" };

/** How a call ends that has no reply. */
export interface DirectStatus {
  readonly code: Status;
  readonly details: string;
  readonly metadata: Metadata | undefined;
}

/** Sends the reply and status OK. Nothing happens where the client has gone. */
export function sendReply(stream: ServerHttp2Stream, reply: Reply): void {
  if (stream.closed || stream.destroyed) return;
  stream.respond(HEADERS, OPTIONS);
  stream.once("wantTrailers", sendTrailers);
  const sizeBytes = replySizeBytes(reply);
  if (sizeBytes <= COPIED_BYTES) {
    stream.end(frameOf(reply, sizeBytes));
    return;
  }
  stream.cork();
  stream.write(frameOf([], sizeBytes));
  for (const part of reply) stream.write(part);
  stream.end();
}

/** Sends a status alone. Nothing happens where the client has gone. */
export function sendStatus(stream: ServerHttp2Stream, { code, details, metadata }: DirectStatus): void {
  if (stream.closed || stream.destroyed || stream.headersSent) return;
  const status = { "grpc-status": code, "grpc-message": encodeURI(details) };
  stream.respond({ ...HEADERS, ...status, ...metadata?.toHttp2Headers() }, { endStream: true });
}

function sendTrailers(this: ServerHttp2Stream): void {
  this.sendTrailers(TRAILERS);
}

/** Prefix and these parts in one buffer. */
function frameOf(parts: Reply, sizeBytes: number): Buffer {
  const carried = parts.length === 0 ? 0 : sizeBytes;
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + carried);
  frame[0] = 0;
  frame.writeUInt32BE(sizeBytes, 1);
  let at = PREFIX_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.byteLength;
  }
  return frame;
}
