/**
 * From an incoming request to an answer: log, script, authentication, authorization, handler; in the order of the real
 * server. One per fake API server, shared by all its fronts.
 */
import { routeOf } from "./api-request.ts";
import type { RequestRecord } from "./api-request.ts";
import type { Incoming } from "./front.ts";
import type { Resource } from "./kube-object.ts";
import { handleList } from "./list-handler.ts";
import type { OpenWatch } from "./open-watch.ts";
import { playScript } from "./play.ts";
import type { RequestLog } from "./request-log.ts";
import { Responder } from "./responder.ts";
import { handleReview, REVIEW_PATH } from "./review-handler.ts";
import type { PassThrough, Scripts } from "./script.ts";
import { parseSelection } from "./selection.ts";
import type { ApiRequest, ServerContext } from "./server-context.ts";
import { ApiError, failure, notFound } from "./status.ts";
import { handleWatch } from "./watch-handler.ts";
import { shapeOf, wireObject } from "./wire-shape.ts";
import { handleWrite } from "./write-handler.ts";

/** What the router joins. */
export interface RouterDeps {
  readonly context: ServerContext;
  readonly scripts: Scripts;
  readonly requests: RequestLog;
  readonly onWatch: (watch: OpenWatch) => void;
}

const VERSION = JSON.stringify(
  { major: "1", minor: "36", gitVersion: "v1.36.3", platform: "linux/amd64" },
  null,
  2,
);

/** Makes the function that answers requests. It never throws: a bug of the fake is a 500 with the cause. */
export function createRouter(deps: RouterDeps): (incoming: Incoming) => void {
  return (incoming) => {
    void answer(deps, incoming);
  };
}

async function answer(deps: RouterDeps, incoming: Incoming): Promise<void> {
  const record = recordOf(incoming, await readText(incoming.body));
  const responder = new Responder(incoming.sink, incoming.connection.rawSocket, record);
  const play = deps.scripts.take(record);
  record.scripted = play !== undefined;
  deps.requests.add(record);
  try {
    if (play !== undefined && play.kind !== "pass") {
      await playScript(play, responder);
      return;
    }
    if (play?.goaway !== undefined) incoming.connection.session?.goaway(play.goaway);
    await play?.until;
    await handle(deps, incoming, { record, responder, pass: play });
  } catch (error) {
    if (error instanceof ApiError) responder.fail(error.status, error.headers);
    else responder.fail(failure({ message: `bug of the fake API server: ${String(error)}`, code: 500 }));
  }
}

async function handle(
  { context, onWatch }: RouterDeps,
  incoming: Incoming,
  parts: {
    readonly record: RequestRecord;
    readonly responder: Responder;
    readonly pass: PassThrough | undefined;
  },
): Promise<void> {
  const { record, responder } = parts;
  const user = context.access.authenticate(
    record.headers["authorization"],
    incoming.connection.certificateUser,
  );
  const request: ApiRequest = { ...parts, user };
  const { resource, verb, namespace } = record;
  if (resource === undefined) {
    handleOther(context, request);
    return;
  }
  const name = record.name ?? parseSelection(namespace, record.query).name;
  context.access.check(user, { verb, resource, namespace, name });
  if (verb === "list") await handleList(context, request, resource);
  else if (verb === "watch") onWatch(handleWatch(context, request, resource));
  else if (verb === "get") responder.json(200, getObject(context, record, resource));
  else handleWrite(context, request, resource);
}

function getObject({ store }: ServerContext, record: RequestRecord, resource: Resource): object {
  const name = record.name ?? "";
  const object = store.get(resource, record.namespace ?? "", name);
  if (object === undefined) throw notFound(resource, name);
  return wireObject(shapeOf(resource, record.headers["accept"]), object);
}

function handleOther(context: ServerContext, request: ApiRequest): void {
  const { record, responder } = request;
  const text = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  if (record.path === "/readyz" || record.path === "/livez") {
    if (context.behaviour.ready) responder.send(200, text, "ok");
    else responder.send(500, text, "[-]shutdown failed: reason withheld\nreadyz check failed\n");
  } else if (record.path === "/version") responder.send(200, { "content-type": "application/json" }, VERSION);
  else if (REVIEW_PATH.test(record.path) && record.method === "POST") handleReview(context, request);
  else throw notFound();
}

let requestCount = 0;

function recordOf(incoming: Incoming, body: string): RequestRecord {
  const [path = "/", query = ""] = incoming.target.split("?");
  const parameters = new URLSearchParams(query);
  requestCount += 1;
  return {
    number: requestCount,
    method: incoming.method,
    path,
    query: parameters,
    ...routeOf(incoming.method, path, parameters),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()]),
    ),
    body,
    protocol: incoming.connection.protocol,
    connection: incoming.connection.number,
    atMs: performance.now(),
    status: undefined,
    endedAtMs: undefined,
    scripted: false,
  };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
  } catch {
    return "";
  }
  return Buffer.concat(chunks).toString();
}
