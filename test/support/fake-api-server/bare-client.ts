/**
 * A minimal HTTP client for a fake or real API server, for tests of the fake and for comparing both: complete answers, and watches line by
 * line. One connection each; independent of Kubernetes.
 */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { ClientHttp2Session, IncomingHttpHeaders } from "node:http2";
import { Agent, request as requestHttp1 } from "node:https";
import type { Readable } from "node:stream";
import type { SecureContextOptions } from "node:tls";

/** A complete answer. */
export interface BareAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An open answer, read line by line. */
export interface BareWatch {
  readonly status: number;
  /** The next line parsed as JSON; undefined at a clean end. Rejects if the stream breaks. */
  next(): Promise<BareEvent | undefined>;
  /** The next chunk as received, before lines are assembled. */
  chunk(): Promise<string | undefined>;
  close(): void;
}

/** An event of a watch, as far as tests use it. */
export interface BareEvent {
  readonly type: string;
  readonly object: {
    readonly kind?: string;
    readonly code?: number;
    readonly message?: string;
    readonly reason?: string;
    readonly metadata: {
      readonly name?: string;
      readonly uid?: string;
      readonly resourceVersion?: string;
      readonly labels?: Record<string, string>;
      readonly annotations?: Record<string, string>;
    };
    readonly data?: Record<string, string>;
  };
}

/** Method, headers and body of a request; default a GET. */
export interface BareRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** A client on one connection. */
export interface BareClient {
  send(path: string, request?: BareRequest): Promise<BareAnswer>;
  watch(path: string, request?: BareRequest): Promise<BareWatch>;
  /** The HTTP/2 session; undefined on HTTP/1.1. */
  readonly session: ClientHttp2Session | undefined;
  close(): void;
}

type Opened = readonly [status: number, headers: IncomingHttpHeaders, body: Readable, abort: () => void];

/** Connects with HTTP/2, or with HTTP/1.1 on request. `tls` has at least the CA. */
export function createBareClient(
  url: string,
  tls: SecureContextOptions,
  protocol: "h2" | "http/1.1" = "h2",
): BareClient {
  const session = protocol === "h2" ? connectHttp2(url, tls) : undefined;
  const agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1 });
  session?.on("error", () => undefined);
  const open = (path: string, request: BareRequest): Promise<Opened> =>
    session === undefined ? openHttp1(`${url}${path}`, agent, request) : openHttp2(session, path, request);
  return {
    session,
    async send(path, request = {}) {
      const [status, headers, body] = await open(path, request);
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk as Buffer);
      return { status, headers, body: Buffer.concat(chunks).toString() };
    },
    async watch(path, request = {}) {
      const [status, , body, abort] = await open(path, request);
      return lineReader(status, body, abort);
    },
    close() {
      session?.destroy();
      agent.destroy();
    },
  };
}

async function openHttp2(session: ClientHttp2Session, path: string, request: BareRequest): Promise<Opened> {
  const { method = "GET", headers = {}, body } = request;
  const outgoing = { ":path": path, ":method": method, ...headers, ...contentType(body) };
  const stream = session.request(outgoing, { endStream: body === undefined });
  if (body !== undefined) stream.end(bodyText(body));
  try {
    const [answer] = (await once(stream, "response")) as [IncomingHttpHeaders];
    return [Number(answer[":status"]), answer, stream, () => stream.close()];
  } catch (error) {
    // A session that failed to connect cancels its streams; its error is the cause.
    throw (error as Error).cause ?? error;
  }
}

async function openHttp1(url: string, agent: Agent, request: BareRequest): Promise<Opened> {
  const { method = "GET", headers = {}, body } = request;
  const outgoing = requestHttp1(url, { agent, method, headers: { ...headers, ...contentType(body) } });
  outgoing.on("error", () => undefined);
  outgoing.end(body === undefined ? undefined : bodyText(body));
  const [answer] = (await once(outgoing, "response")) as [
    Readable & { statusCode: number; headers: IncomingHttpHeaders },
  ];
  return [answer.statusCode, answer.headers, answer, () => outgoing.destroy()];
}

function contentType(body: object | string | undefined): Record<string, string> {
  return body === undefined ? {} : { "content-type": "application/json" };
}

function bodyText(body: object | string): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function lineReader(status: number, body: Readable, abort: () => void): BareWatch {
  body.on("error", () => undefined);
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let rest = "";
  const chunk = async (): Promise<string | undefined> => {
    const step = await chunks.next();
    // On HTTP/2 a lost connection cancels its streams, which then seem to have ended.
    if (step.done === true && "rstCode" in body && body.rstCode !== 0)
      throw new Error("the stream broke off");
    return step.done === true ? undefined : step.value.toString("latin1");
  };
  return {
    status,
    chunk,
    async next() {
      while (!rest.includes("\n")) {
        const more = await chunk();
        if (more === undefined) return undefined;
        rest += more;
      }
      const line = rest.slice(0, rest.indexOf("\n"));
      rest = rest.slice(line.length + 1);
      return JSON.parse(Buffer.from(line, "latin1").toString()) as BareEvent;
    },
    close: abort,
  };
}
