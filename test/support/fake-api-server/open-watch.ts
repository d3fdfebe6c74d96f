/**
 * One open watch of the fake API server. The watch handler feeds it. Tests use it for what a script cannot do: a stray line, a bookmark at
 * a given moment, an ERROR, silence, every way to end.
 */
import type { RequestRecord } from "./api-request.ts";
import type { Responder } from "./responder.ts";
import type { PassThrough } from "./script.ts";
import type { Status } from "./status.ts";
import type { WatchEvent } from "./watch-event.ts";
import { wireBookmark, wireObject } from "./wire-shape.ts";
import type { Shape } from "./wire-shape.ts";

/** What a watch is made of. */
export interface OpenWatchDeps {
  readonly record: RequestRecord;
  readonly responder: Responder;
  readonly shape: Shape;
  readonly allowBookmarks: boolean;
  /** The version a bookmark would carry now. */
  readonly revision: () => number;
  readonly pass: PassThrough | undefined;
}

/** See the file header. */
export class OpenWatch {
  /** The request that opened it. */
  readonly record: RequestRecord;
  readonly #deps: OpenWatchDeps;
  #muted = false;
  #lines = 0;
  #tail: Promise<void> | undefined;

  constructor(deps: OpenWatchDeps) {
    this.record = deps.record;
    this.#deps = deps;
  }

  /** Whether it has ended, by either side. */
  get closed(): boolean {
    return this.#deps.responder.closed;
  }

  /** Lines sent so far. */
  get lines(): number {
    return this.#lines;
  }

  /** Calls back once at its end, by either side. */
  onClose(listener: () => void): void {
    this.#deps.responder.onClose(listener);
  }

  /** From now on the server itself sends nothing here: events are lost, the stream stays open. */
  mute(): void {
    this.#muted = true;
  }

  /** Sends an event in the shape that the client asked for; what the server does on a change. */
  event(event: WatchEvent): void {
    if (this.#muted) return;
    this.line(JSON.stringify({ type: event.type, object: wireObject(this.#deps.shape, event.object) }));
  }

  /** Sends a bookmark, if the client allowed bookmarks and the watch is not muted. */
  bookmark(initialEventsEnd = false): void {
    if (this.#muted || !this.#deps.allowBookmarks) return;
    this.line(JSON.stringify(wireBookmark(this.#deps.shape, this.#deps.revision(), initialEventsEnd)));
  }

  /** Sends an ERROR event and ends the stream, as the real server does. */
  error(status: Status): void {
    this.line(JSON.stringify({ type: "ERROR", object: status }));
    this.end();
  }

  /** Sends a line; the newline is added. A script of the request may change it. */
  line(text: string): void {
    const script = this.#deps.pass?.line;
    const fate = script?.(text, this.#lines) ?? { chunks: [`${text}\n`] };
    this.#lines += 1;
    if (script === undefined) {
      this.#after(() => {
        this.#deps.responder.write(`${text}\n`);
      });
      return;
    }
    this.#after(async () => {
      for (const chunk of fate.chunks ?? []) await this.#deps.responder.writeApart(Buffer.from(chunk));
      if (fate.then !== undefined) this.#finish(fate.then);
    });
  }

  /** Sends bytes as they are, in a frame of their own. */
  bytes(chunk: Uint8Array): void {
    this.#after(() => this.#deps.responder.writeApart(chunk));
  }

  /** Ends the stream cleanly, as at timeoutSeconds. */
  end(): void {
    this.#after(() => {
      this.#deps.responder.end();
    });
  }

  /** RST_STREAM, or a connection reset on HTTP/1.1. */
  resetStream(): void {
    this.#deps.responder.resetStream();
  }

  /** TCP RST: everything on that connection dies. */
  resetConnection(): void {
    this.#deps.responder.resetConnection();
  }

  #finish(how: "end" | "hang" | "reset-stream" | "reset-connection"): void {
    this.mute();
    if (how === "end") this.#deps.responder.end();
    else if (how === "reset-stream") this.resetStream();
    else if (how === "reset-connection") this.resetConnection();
  }

  /** Keeps lines in order although a scripted one waits until it has left; without one nothing ever waits. */
  #after(step: () => Promise<void> | void): void {
    if (this.#tail !== undefined) {
      this.#tail = this.#tail.then(step);
      return;
    }
    const result = step();
    if (result === undefined) return;
    const tail = result.then(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
    this.#tail = tail;
  }
}
