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

/**
 * Sends one message of a stream; `taken` is called once http2 has handed it on, which flow control may put off. Nothing
 * happens where the client has gone.
 */
export function sendMessage(
  stream: ServerHttp2Stream,
  reply: Reply,
  taken: (error?: Error | null) => void,
): void {
  if (stream.closed || stream.destroyed) return;
  if (!stream.headersSent) stream.respond(HEADERS, OPTIONS);
  stream.write(sharedFrame(reply) ?? frameOf(reply, replySizeBytes(reply)), taken);
}

/** Sends a status, after the messages if there were any. Nothing happens where the client has gone. */
export function sendStatus(stream: ServerHttp2Stream, { code, details, metadata }: DirectStatus): void {
  if (stream.closed || stream.destroyed) return;
  const message = details === "" ? {} : { "grpc-message": encodeURI(details) };
  const status = { "grpc-status": code, ...message, ...metadata?.toHttp2Headers() };
  if (!stream.headersSent) {
    stream.respond({ ...HEADERS, ...status }, { endStream: true });
    return;
  }
  stream.once("wantTrailers", () => stream.sendTrailers(status));
  stream.end();
}

/** Frames of replies that many streams send (watch-group.ts joins those into one part); gone with the reply. */
const frames = new WeakMap<Reply, Buffer>();

function sharedFrame(reply: Reply): Buffer | undefined {
  if (reply.length !== 1) return undefined;
  let frame = frames.get(reply);
  if (frame === undefined) {
    frame = frameOf(reply, replySizeBytes(reply));
    frames.set(reply, frame);
  }
  return frame;
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
