/**
 * HTTP requests to one API server as Observables: rate limit, credentials, connection, response. Used by list.ts,
 * watch.ts and preflight.ts. An unexpected response becomes an error here. A 401 is retried once with credentials that
 * were read again.
 */
import type { Subscriber } from "rxjs";
import { Observable } from "rxjs";
import type { SyncError } from "../../../sync/port/sync-error.ts";
import type { AnswerDeps, AnswerSink } from "./answer.ts";
import { AnswerReader } from "./answer.ts";
import type { AnswerPart, ApiRequest } from "./api-request.ts";
import { classifyNodeError } from "../failure/classify-node-error.ts";
import type { ConnectionPool } from "../transport/connection-pool.ts";
import type { KubeVerb } from "../transport/kube-metrics.ts";
import type { RequestLimiter } from "../transport/request-limiter.ts";
import type { RequestHeaders } from "../target/credentials.ts";
import type { Target } from "../target/target.ts";

/** Sends requests to one API server. */
export interface ApiClient {
  readonly target: Target;
  /** Cold; errors only with SyncError; unsubscribing aborts. */
  request(request: ApiRequest): Observable<AnswerPart>;
  /** Closes all connections. */
  close(): void;
}

export interface ApiClientDeps extends AnswerDeps {
  readonly target: Target;
  readonly pool: ConnectionPool;
  readonly limiter: RequestLimiter;
  /** podkey's version, for User-Agent. */
  readonly version: string;
}

/** Opens nothing before the first request. */
export function createApiClient(deps: ApiClientDeps): ApiClient {
  return {
    target: deps.target,
    request: (request) =>
      new Observable((subscriber) => {
        const abort = new AbortController();
        const run = { deps, request, subscriber, signal: abort.signal };
        send(run, FIRST_TRY).catch((thrown: unknown) => {
          const error = classifyNodeError(thrown, deps.target.server.host);
          deps.metrics.request(request.verb, error.kind);
          subscriber.error(error);
        });
        return () => {
          abort.abort();
        };
      }),
    close: () => {
      deps.pool.close();
      deps.target.credentials.close();
    },
  };
}

/** Retries of a request so far. */
interface Tries {
  readonly renewed: boolean;
  /** How often a server did not process it. */
  readonly unprocessed: number;
}

const FIRST_TRY: Tries = { renewed: false, unprocessed: 0 };

/** A server that sends GOAWAY on every connection has a problem: from here on the reflector's backoff applies. */
const MAX_UNPROCESSED = 2;

interface Run {
  readonly deps: ApiClientDeps;
  readonly request: ApiRequest;
  readonly subscriber: Subscriber<AnswerPart>;
  /** Aborted when the subscriber unsubscribes. */
  readonly signal: AbortSignal;
}

async function send(run: Run, tries: Tries): Promise<void> {
  const { deps, request, signal } = run;
  await waitForTurn(deps.limiter, request.verb, signal);
  const credentials = await deps.target.credentials.headers();
  if (signal.aborted) return;
  // The exchange may be aborted (deadline, 401) while the subscriber stays.
  const exchange = new AbortController();
  const abort = (): void => {
    exchange.abort();
  };
  let detectsSilence = false;
  const sink = createSink(run, {
    contact: () => request.onContact?.({ detectsSilence }),
    unauthorized: (error) => {
      abort();
      return tries.renewed ? Promise.reject(error) : sendRenewed(run, tries, { credentials, error });
    },
    unprocessed: (error) => {
      if (tries.unprocessed === MAX_UNPROCESSED) return Promise.reject(error);
      deps.metrics.retry("connection");
      return send(run, { ...tries, unprocessed: tries.unprocessed + 1 });
    },
  });
  const reader = new AnswerReader(deps, request, sink, abort);
  signal.addEventListener(
    "abort",
    () => {
      reader.stop();
    },
    { once: true },
  );
  await deps.pool.send({
    request: {
      method: request.method,
      path: `${deps.target.server.pathname.replace(/\/$/, "")}${request.path}`,
      headers: { ...headersOf(request, deps.version), ...credentials },
      body: request.body,
    },
    long: request.long,
    shortTimeout: request.shortTimeout === true,
    events: reader,
    signal: AbortSignal.any([signal, exchange.signal]),
    onSent: (protocol) => {
      detectsSilence = protocol === "h2";
      reader.sent();
    },
  });
}

/** The parts of a sink that belong to one attempt. */
interface TrySink {
  readonly contact: () => void;
  readonly unauthorized: (error: SyncError) => Promise<void>;
  readonly unprocessed: (error: SyncError) => Promise<void>;
}

function createSink({ deps, subscriber }: Run, own: TrySink): AnswerSink {
  const again = (next: Promise<void>): void => {
    next.catch((reason: unknown) => {
      subscriber.error(classifyNodeError(reason, deps.target.server.host));
    });
  };
  return {
    head: ({ date }) => {
      subscriber.next({ kind: "head", date });
    },
    data: (chunk) => {
      subscriber.next({ kind: "data", chunk });
    },
    done: () => {
      subscriber.complete();
    },
    failed: (error) => {
      subscriber.error(error);
    },
    unauthorized: (error) => {
      again(own.unauthorized(error));
    },
    unprocessed: (error) => {
      again(own.unprocessed(error));
    },
    contact: own.contact,
    goingAway: () => {
      subscriber.next({ kind: "going-away" });
    },
  };
}

/** Sends again if the credentials differ from those that were rejected. */
async function sendRenewed(
  run: Run,
  tries: Tries,
  refused: { readonly credentials: RequestHeaders; readonly error: SyncError },
): Promise<void> {
  const { credentials } = run.deps.target;
  const renewed = await credentials.renew();
  const now = await credentials.headers();
  // Another request may have renewed them first; then only the headers show the difference.
  if (!renewed && JSON.stringify(now) === JSON.stringify(refused.credentials)) throw refused.error;
  run.deps.metrics.retry("token");
  await send(run, { ...tries, renewed: true });
}

function waitForTurn(limiter: RequestLimiter, verb: KubeVerb, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = limiter.take(verb === "list" || verb === "watch" ? verb : "check", resolve);
    signal.addEventListener("abort", cancel, { once: true });
  });
}

function headersOf(request: ApiRequest, version: string): Readonly<Record<string, string>> {
  return {
    accept: request.accept,
    // An event in a compressed stream may wait until the gateway flushes the stream.
    "accept-encoding": "identity",
    "user-agent": `podkey/${version}`,
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
  };
}
