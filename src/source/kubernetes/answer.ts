/**
 * Reads the answer to one request: passes a good one on in parts, collects a bad one and classifies it, gives it its
 * time, counts it. Called by api-client.ts. What is no 200 or 201 with JSON never gets beyond this file.
 */
import type { Clock, Timers } from "../../core/clock.ts";
import { SyncError } from "../../sync/sync-error.ts";
import type { ApiRequest } from "./api-client.ts";
import { classifyAnswer } from "./classify-error.ts";
import type { AnswerHeaders, ExchangeEvents } from "./exchange.ts";
import type { KubeMetrics } from "./kube-metrics.ts";
import type { KubeParameters } from "./parameters.ts";
import { asRecord, parseJson } from "./parse-json.ts";
import type { SilenceWatch } from "./silence.ts";
import { watchSilence } from "./silence.ts";

/** What an answer is read with. */
export interface AnswerDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: KubeMetrics;
  readonly parameters: KubeParameters;
}

/** Where a good answer goes. After `done`, `failed` or `unauthorized` nothing more comes. */
export interface AnswerSink {
  head(): void;
  data(chunk: Buffer): void;
  done(): void;
  failed(error: SyncError): void;
  /** 401: not passed on before the credentials have been read again. */
  unauthorized(error: SyncError): void;
  contact(): void;
  goingAway(): void;
}

/** The two time limits of one request. */
interface Deadlines {
  touch(): void;
  headCame(): void;
  stop(): void;
}

/** The reader of one answer. */
export interface AnswerReader {
  /** What the exchange reports to. */
  readonly events: ExchangeEvents;
  /** The request is on its way: its time begins. */
  sent(): void;
}

/** A reader for one request. @param abort ends the exchange when podkey gives it up. */
export function createAnswerReader(
  deps: AnswerDeps,
  request: ApiRequest,
  sink: AnswerSink,
  abort: () => void,
): AnswerReader {
  let sentAtMs = deps.clock.nowMs();
  let deadlines: Deadlines | undefined;
  let status: number | undefined;
  let refused: RefusedAnswer | undefined;
  let over = false;

  const finish = (error: SyncError | undefined): void => {
    if (over) return;
    over = true;
    deadlines?.stop();
    if (status === undefined) deps.metrics.request(request.verb, error?.kind ?? "unknown");
    if (!request.long) deps.metrics.requestDuration(request.verb, (deps.clock.nowMs() - sentAtMs) / 1000);
    if (error === undefined) sink.done();
    else if (error.kind === "unauthorized") sink.unauthorized(error);
    else sink.failed(error);
  };
  const finishRefused = (answer: RefusedAnswer): void => {
    finish(answer.classify(request, deps.clock.wallMs()));
  };
  const giveUp = (error: SyncError): void => {
    if (refused === undefined) finish(error);
    else finishRefused(refused);
    abort();
  };

  const events: ExchangeEvents = {
    head(code, headers) {
      status = code;
      deadlines?.headCame();
      deps.metrics.request(request.verb, String(code));
      if (request.long) deps.metrics.requestDuration(request.verb, (deps.clock.nowMs() - sentAtMs) / 1000);
      if (isGood(code, headers)) sink.head();
      else refused = createRefusedAnswer(code, headers, deps.parameters.maxErrorBodyBytes);
    },
    data(chunk) {
      deadlines?.touch();
      if (refused === undefined) {
        sink.data(chunk);
      } else if (!refused.take(chunk)) {
        finishRefused(refused);
        abort();
      }
    },
    end() {
      if (refused === undefined) finish(undefined);
      else finishRefused(refused);
    },
    error(error) {
      if (refused === undefined) finish(error);
      else finishRefused(refused);
    },
    contact() {
      sink.contact();
    },
    goingAway() {
      if (!over) sink.goingAway();
    },
  };
  return {
    events,
    sent() {
      sentAtMs = deps.clock.nowMs();
      deadlines = startDeadlines(deps, request, giveUp);
    },
  };
}

/** A missing content type passes: what is no JSON is found when it is parsed. */
function isGood(code: number, { contentType }: AnswerHeaders): boolean {
  return (
    (code === 200 || code === 201) && (contentType === undefined || /^application\/json\b/i.test(contentType))
  );
}

/** Bytes of an answer that podkey did not ask for. */
interface RefusedAnswer {
  /** False when enough of it has been read. */
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
      if (status === 200 || status === 201) {
        const type = headers.contentType?.replaceAll(/[^\w/+.;= -]/g, "?").slice(0, 80) ?? "nothing";
        return new SyncError(
          "malformed",
          `The answer to "${asked.what}" is ${type} instead of JSON; a proxy in between answers for the API server.`,
          { httpStatus: status },
        );
      }
      return classifyAnswer(
        { status, retryAfter: headers.retryAfter, body: readBody(chunks) },
        asked,
        nowWallMs,
      );
    },
  };
}

/** The body as an object, where it is one: a 429 of an API server may be plain text, an error page is HTML. */
function readBody(chunks: readonly Buffer[]): unknown {
  try {
    return asRecord(parseJson(Buffer.concat(chunks), "an error"));
  } catch {
    return undefined;
  }
}

/** Silence and, for all but a watch, the whole; an open watch is the reflector's to judge. */
function startDeadlines(
  deps: AnswerDeps,
  request: ApiRequest,
  onLate: (error: SyncError) => void,
): Deadlines {
  const { requestSilenceMs, callTimeoutMs } = deps.parameters;
  const late = (limitMs: number, what: string): (() => void) => {
    return () => {
      const message = `The API server did not ${what} within ${String(limitMs)} ms when asked to ${request.asked.what}.`;
      onLate(new SyncError("timeout", message));
    };
  };
  const silence: SilenceWatch = watchSilence(deps, requestSilenceMs, late(requestSilenceMs, "send a byte"));
  const whole = request.long
    ? undefined
    : deps.timers.after(callTimeoutMs, late(callTimeoutMs, "end its answer"));
  return {
    touch() {
      silence.touch();
    },
    headCame() {
      if (request.long) silence.stop();
      else silence.touch();
    },
    stop() {
      silence.stop();
      whole?.();
    },
  };
}
