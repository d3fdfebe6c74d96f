/**
 * Reads the response to one request: forwards a success in parts, collects and classifies an error, enforces the time
 * limits, counts. Called by api-client.ts. Only a 200 or 201 with JSON is forwarded.
 */
import type { Clock, Timers } from "../../../core/time/clock.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { ApiRequest } from "./api-request.ts";
import { classifyAnswer } from "../failure/classify-error.ts";
import type { AnswerHeaders, ExchangeEvents } from "../transport/exchange.ts";
import type { KubeMetrics } from "../transport/kube-metrics.ts";
import type { KubeParameters } from "../target/parameters.ts";
import { asRecord } from "../../content/record.ts";
import { parseJson } from "../failure/parse-json.ts";
import type { SilenceWatch } from "../transport/silence.ts";
import { watchSilence } from "../transport/silence.ts";

export interface AnswerDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: KubeMetrics;
  readonly parameters: KubeParameters;
}

/** Receives the response. `done`, `failed`, `unauthorized` and `unprocessed` each end it. */
export interface AnswerSink {
  head(headers: AnswerHeaders): void;
  data(chunk: Buffer): void;
  done(): void;
  failed(error: SyncError): void;
  /** 401: the credentials are read again before it becomes an error. */
  unauthorized(error: SyncError): void;
  /** The server did not process the request. */
  unprocessed(error: SyncError): void;
  contact(): void;
  goingAway(): void;
}

interface Deadlines {
  onActivity(): void;
  headCame(): void;
  stop(): void;
}

/** Receives the events of one exchange. */
export class AnswerReader implements ExchangeEvents {
  readonly #deps: AnswerDeps;
  readonly #request: ApiRequest;
  readonly #sink: AnswerSink;
  readonly #abort: () => void;
  #sentAtMs: number;
  #deadlines: Deadlines | undefined;
  #status: number | undefined;
  #refused: RefusedAnswer | undefined;
  #over = false;

  /** @param abort ends the exchange. */
  constructor(deps: AnswerDeps, request: ApiRequest, sink: AnswerSink, abort: () => void) {
    this.#deps = deps;
    this.#request = request;
    this.#sink = sink;
    this.#abort = abort;
    this.#sentAtMs = deps.clock.nowMs();
  }

  /** The request was sent: its time limits start. */
  sent(): void {
    this.#sentAtMs = this.#deps.clock.nowMs();
    this.#deadlines = startDeadlines(this.#deps, this.#request, (error) => {
      this.error(error);
      this.#abort();
    });
  }

  /** Clears the timers; later events are ignored. */
  stop(): void {
    this.#over = true;
    this.#deadlines?.stop();
  }

  head(code: number, headers: AnswerHeaders): void {
    this.#status = code;
    this.#deadlines?.headCame();
    this.#deps.metrics.request(this.#request.verb, String(code));
    if (this.#request.long) this.#countDuration();
    if (isGood(code, headers)) this.#sink.head(headers);
    else this.#refused = createRefusedAnswer(code, headers, this.#deps.parameters.maxErrorBodyBytes);
  }

  data(chunk: Buffer): void {
    this.#deadlines?.onActivity();
    if (this.#refused === undefined) {
      this.#sink.data(chunk);
    } else if (!this.#refused.take(chunk)) {
      this.end();
      this.#abort();
    }
  }

  end(): void {
    this.#finish(this.#refused?.classify(this.#request, this.#deps.clock.wallMs()));
  }

  /** A truncated error response is classified like a complete one. */
  error(error: SyncError): void {
    if (this.#refused === undefined) this.#finish(error);
    else this.end();
  }

  /** A GOAWAY crossed the request on its way (RFC 9113, 6.8). */
  unprocessed(error: SyncError): void {
    if (this.#over) return;
    this.stop();
    this.#sink.unprocessed(error);
  }

  contact(): void {
    this.#sink.contact();
  }

  goingAway(): void {
    if (!this.#over) this.#sink.goingAway();
  }

  #finish(error: SyncError | undefined): void {
    if (this.#over) return;
    this.stop();
    if (this.#status === undefined) this.#deps.metrics.request(this.#request.verb, error?.kind ?? "unknown");
    if (!this.#request.long) this.#countDuration();
    if (error === undefined) this.#sink.done();
    else if (error.kind === "unauthorized") this.#sink.unauthorized(error);
    else this.#sink.failed(error);
  }

  #countDuration(): void {
    const seconds = (this.#deps.clock.nowMs() - this.#sentAtMs) / 1000;
    this.#deps.metrics.requestDuration(this.#request.verb, seconds);
  }
}

/** A missing content type is accepted: the parser finds out whether the body is JSON. */
function isGood(code: number, headers: AnswerHeaders): boolean {
  const { contentType } = headers;
  return (
    (code === 200 || code === 201) &&
    (contentType === undefined || /^application\/json\b/i.test(contentType)) &&
    !isCompressed(headers)
  );
}

function isCompressed({ contentEncoding }: AnswerHeaders): boolean {
  return contentEncoding !== undefined && contentEncoding !== "" && contentEncoding !== "identity";
}

/** An error response that is being collected. */
interface RefusedAnswer {
  /** False once the size limit is exceeded. */
  take(chunk: Buffer): boolean;
  classify(request: ApiRequest, nowWallMs: number): SyncError;
}

function createRefusedAnswer(status: number, headers: AnswerHeaders, limitBytes: number): RefusedAnswer {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    take(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      return size <= limitBytes;
    },
    classify({ asked }, nowWallMs) {
      if (status === 200 || status === 201)
        return new SyncError("malformed", foreignAnswer(asked.what, headers), { httpStatus: status });
      return classifyAnswer(
        { status, retryAfter: headers.retryAfter, body: readBody(chunks) },
        asked,
        nowWallMs,
      );
    },
  };
}

/** Why a success is not an answer of an API server. */
function foreignAnswer(what: string, headers: AnswerHeaders): string {
  if (isCompressed(headers))
    return `The response to "${what}" is compressed (content-encoding ${printable(headers.contentEncoding)}), although podkey asked for "identity"; turn off compression in the proxy before the API server.`;
  return `The response to "${what}" has the content type ${printable(headers.contentType)} instead of JSON; a proxy answers in place of the API server.`;
}

function printable(header: string | undefined): string {
  return header?.replaceAll(/[^\w/+.;= -]/g, "?").slice(0, 80) ?? "(none)";
}

/** The body if it is a JSON object: a 429 of an API server may be plain text, an error page is HTML. */
function readBody(chunks: readonly Buffer[]): unknown {
  try {
    return asRecord(parseJson(Buffer.concat(chunks), "an error"));
  } catch {
    return undefined;
  }
}

/** Limits silence and, except for a watch, the total time. The reflector supervises an open watch. */
function startDeadlines(
  deps: AnswerDeps,
  request: ApiRequest,
  onLate: (error: SyncError) => void,
): Deadlines {
  const { requestSilenceMs, shortTimeoutMs, callTimeoutMs } = deps.parameters;
  const silenceMs =
    request.shortTimeout === true ? Math.min(shortTimeoutMs, requestSilenceMs) : requestSilenceMs;
  const late = (limitMs: number, what: string): (() => void) => {
    return () => {
      const message = `The API server did not ${what} within ${String(limitMs)} ms when asked to ${request.asked.what}.`;
      onLate(new SyncError("timeout", message));
    };
  };
  const silence: SilenceWatch = watchSilence(deps, silenceMs, late(silenceMs, "send a byte"));
  const whole = request.long
    ? undefined
    : deps.timers.after(callTimeoutMs, late(callTimeoutMs, "end its answer"));
  return {
    onActivity() {
      silence.onActivity();
    },
    headCame() {
      if (request.long) silence.stop();
      else silence.onActivity();
    },
    stop() {
      silence.stop();
      whole?.();
    },
  };
}
