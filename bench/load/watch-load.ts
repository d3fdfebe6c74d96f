/**
 * Many Watches by raw node:http2: the cheapest client that Node allows. It reads only the first byte of each message to know
 * its kind. Used by every benchmark that needs streams.
 */
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { connect, constants } from "node:http2";
import { createConnection } from "node:net";
import { grpcFrame, stringFields } from "../grpc-frame.ts";

const WATCH = "/podkey.v1.CredentialService/Watch";

/** First byte of a WatchResponse: the tag of its event. */
export const EVENT_TAG = { synced: 0x1a, change: 0x22 } as const;

/** `heartbeat_interval: 300s`, so that no heartbeat falls into a measurement. */
const LONG_HEARTBEAT = Buffer.from([0x42, 0x03, 0x08, 0xac, 0x02]);

/** The frame that asks for one credential's changes. */
export function watchRequest(name: string): Buffer {
  return grpcFrame(Buffer.concat([stringFields({ 2: name }), LONG_HEARTBEAT]));
}

/** What is opened. */
export interface WatchLoadOptions {
  readonly socketPath: string;
  readonly connections: number;
  readonly streams: number;
  readonly frame: Buffer;
}

/** See the file comment. */
export class WatchLoad {
  readonly #sessions: ClientHttp2Session[] = [];
  readonly #gone: Promise<void>[] = [];
  /** Bytes of the last whole message that carried a change, its gRPC prefix included. */
  lastChangeBytes = 0;
  #changesMissing = 0;
  #onChanges: (() => void) | undefined;

  /** Opens all streams; resolves when each has received `synced` (podkey) or its headers (a raw server). */
  static async open(options: WatchLoadOptions, until: "synced" | "headers"): Promise<WatchLoad> {
    const load = new WatchLoad();
    const begun: Promise<void>[] = [];
    for (let at = 0; at < options.connections; at += 1) {
      const session = connect("http://localhost", {
        createConnection: () => createConnection(options.socketPath),
      });
      session.on("error", () => undefined);
      load.#sessions.push(session);
      load.#gone.push(new Promise((resolve) => session.once("close", resolve)));
      const share = Math.floor(options.streams / options.connections);
      const rest = at < options.streams % options.connections ? 1 : 0;
      for (let stream = 0; stream < share + rest; stream += 1)
        begun.push(load.#open(session, options.frame, until));
    }
    await Promise.all(begun);
    return load;
  }

  /** Resolves when this many further changes have come, over all streams. */
  changes(count: number): Promise<void> {
    this.#changesMissing = count;
    return new Promise((resolve) => (this.#onChanges = resolve));
  }

  /** Ends all connections; resolves when they are gone. */
  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await Promise.all(this.#gone);
  }

  #open(session: ClientHttp2Session, frame: Buffer, until: "synced" | "headers"): Promise<void> {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: WATCH,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.end(frame);
    return new Promise((resolve, reject) => {
      stream.once("error", reject);
      stream.once("response", () => {
        if (until === "headers") resolve();
      });
      readMessages(stream, (tag, sizeBytes) => {
        if (tag === EVENT_TAG.synced) resolve();
        else if (tag === EVENT_TAG.change) this.#changed(sizeBytes);
      });
    });
  }

  #changed(sizeBytes: number): void {
    this.lastChangeBytes = sizeBytes;
    this.#changesMissing -= 1;
    if (this.#changesMissing === 0) this.#onChanges?.();
  }
}

/** Calls back once for each whole gRPC message, with its first byte and its size with the prefix. */
function readMessages(stream: ClientHttp2Stream, onMessage: (tag: number, sizeBytes: number) => void): void {
  let pending: Buffer | undefined;
  stream.on("data", (chunk: Buffer) => {
    let bytes = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
    while (bytes.byteLength >= 6) {
      const sizeBytes = 5 + bytes.readUInt32BE(1);
      if (bytes.byteLength < sizeBytes) break;
      onMessage(bytes[5] ?? 0, sizeBytes);
      bytes = bytes.subarray(sizeBytes);
    }
    pending = bytes.byteLength === 0 ? undefined : bytes;
  });
}
