/**
 * One call, unary or server-streaming, served straight from its HTTP/2 stream. Gives a handler what grpc-js's call would
 * (peer, authority, metadata, deadline, cancellation) and makes each of it only when asked: an ordinary Get asks for none.
 */
import { constants } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { Metadata, status as Status } from "@grpc/grpc-js";
import type { Timers } from "../../core/time/clock.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Reply } from "../codec/reply.ts";
import type { StreamingCall } from "../call/streaming.ts";
import type { Conduct } from "../consumer/flood-guard.ts";
import type { UnaryCall } from "../call/unary.ts";
import type { ReadRequest } from "../request/request-decoder.ts";
import type { StatusError } from "../call/status.ts";
import { judge } from "./judge.ts";
import { RequestBody } from "./request-body.ts";
import { requestMessage } from "./request-message.ts";
import { timeoutMs } from "../request/timeout.ts";
import { sendMessage, sendReply, sendStatus } from "./send.ts";

/** One method that can be served so. */
export interface DirectMethod {
  readonly decode: (bytes: Uint8Array) => ReadRequest<unknown>;
  /**
   * Takes a call whose `request` is what `decode` gave: a type that only the method itself knows. A unary method ends the
   * call by the callback, a streaming one by the call.
   */
  readonly handle: (call: UnaryCall<never> & StreamingCall, callback: DirectCallback) => void;
}

/** Ends the call, with a reply or with an error. */
export type DirectCallback = (error: StatusError | null, reply?: Reply) => void;

/** What a call came with. */
export interface DirectCallDeps {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly peer: string;
  readonly conduct: Conduct;
  readonly method: DirectMethod;
  readonly timers: Timers;
}

/** Reads the request to its end, runs the method, answers. Never throws. */
export function serveDirectly(deps: DirectCallDeps): void {
  const { stream, conduct } = deps;
  const call = new DirectCall(deps);
  const asked = judge(stream, conduct, HEADERS_LIMIT_BYTES);
  stream.on("data", (chunk: Buffer) => {
    conduct.credit(chunk.byteLength);
    call.take(chunk);
  });
  stream.once("end", () => {
    asked();
    call.run();
  });
}

/** Node's limit of a request's headers. */
const HEADERS_LIMIT_BYTES = 65_536;

/** Requests are small (server.ts: `grpc.max_receive_message_length`). */
const REQUEST_LIMIT_BYTES = 1024 * 1024;

/** Before the body is read there is no request, and nobody has the call. */
const NOT_READ = undefined as never;

class DirectCall implements UnaryCall<never>, StreamingCall {
  request: never = NOT_READ;
  readonly #deps: DirectCallDeps;
  readonly #deadlineMs: number;
  readonly #body = new RequestBody();
  #isOver = false;
  #settled: (() => void) | undefined;

  constructor(deps: DirectCallDeps) {
    this.#deps = deps;
    const timeout = deps.headers["grpc-timeout"];
    this.#deadlineMs = typeof timeout === "string" ? Date.now() + timeoutMs(timeout) : Infinity;
  }

  get metadata(): Metadata {
    return Metadata.fromHttp2Headers(this.#deps.headers);
  }

  getPeer(): string {
    return this.#deps.peer;
  }

  getHost(): string {
    return this.#deps.headers[":authority"] ?? "";
  }

  getDeadline(): number {
    return this.#deadlineMs;
  }

  /** Only a call that waits asks for this; so only such a call has a timer and a listener. */
  once(_event: "cancelled", listener: () => void): this {
    const { stream, timers } = this.#deps;
    const cancel = (): void => {
      this.#isOver = true;
      listener();
    };
    stream.once("close", cancel);
    const cancelTimer = Number.isFinite(this.#deadlineMs)
      ? timers.after(Math.max(0, this.#deadlineMs - Date.now()), () => {
          this.#end(Status.DEADLINE_EXCEEDED, "The deadline of this call has passed.");
          cancel();
        })
      : () => undefined;
    this.#settled = () => {
      stream.removeListener("close", cancel);
      cancelTimer();
    };
    return this;
  }

  /** One message of a stream; `taken` is called once the transport has it. */
  write(reply: Reply, taken: (error?: Error | null) => void): void {
    if (!this.#isOver) sendMessage(this.#deps.stream, reply, taken);
  }

  /** Ends a stream well. */
  end(): void {
    this.#end(Status.OK, "");
  }

  /** Ends a stream with a status: the name is grpc-js's. */
  emit(_event: "error", { code, details, metadata }: StatusError): void {
    this.#end(code, details, metadata);
  }

  /** Ends a stream at once: what is queued is not sent (RST_STREAM ENHANCE_YOUR_CALM). */
  cut(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settled?.();
    this.#deps.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  /** Takes a piece of the body. */
  take(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#body.append(chunk);
    if (this.#body.isCrumbs) {
      this.#isOver = true;
      this.#deps.conduct.crumbs();
    } else if (this.#body.sizeBytes > REQUEST_LIMIT_BYTES) {
      this.#body.take();
      this.#handle(requestTooLarge());
    }
  }

  /** The body is whole. */
  run(): void {
    if (this.#isOver) return;
    const message = requestMessage(this.#body.take());
    this.#handle(message instanceof PodkeyError ? message : this.#deps.method.decode(message));
  }

  #handle(request: ReadRequest<unknown>): void {
    this.request = request as never;
    this.#deps.method.handle(this, (error, reply) => this.#answer(error, reply));
  }

  #answer(error: StatusError | null, reply: Reply | undefined): void {
    if (this.#isOver) return;
    if (error !== null) {
      this.#end(error.code, error.details, error.metadata);
      return;
    }
    this.#settled?.();
    sendReply(this.#deps.stream, reply ?? []);
  }

  #end(code: Status, details: string, metadata?: Metadata): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settled?.();
    sendStatus(this.#deps.stream, { code, details, metadata });
  }
}

function requestTooLarge(): PodkeyError {
  return new PodkeyError(
    "REQUEST_TOO_LARGE",
    "The request is larger than 1 MiB; ask for fewer names at once.",
  );
}
