/**
 * LIST of the fake API server: consistent and cached reads, exact versions, pages with continue tokens that expire with
 * compaction and restart, metadata only.
 */
import type { KubeObject, Resource } from "./kube-object.ts";
import { readListOptions } from "./list-options.ts";
import type { ListOptions } from "./list-options.ts";
import { parseSelection } from "./selection.ts";
import type { ApiRequest, ServerContext } from "./server-context.ts";
import { ApiError, badRequest, continueTooOld, listTooOld, versionTooLarge } from "./status.ts";
import { shapeOf, wireList } from "./wire-shape.ts";

interface State {
  readonly revision: number;
  readonly objects: readonly KubeObject[];
  /** Key (`namespace/name`) after which this page starts. */
  readonly after: string;
}

/** Answers a list. @throws ApiError for everything the real server refuses. */
export async function handleList(
  context: ServerContext,
  request: ApiRequest,
  resource: Resource,
): Promise<void> {
  const { query, namespace, headers } = request.record;
  const options = readListOptions(query, "list", context.behaviour.watchList);
  const selection = parseSelection(namespace, query);
  const state = await readState(context, resource, options);
  const rest = state.objects.filter((object) => keyOf(object) > state.after && selection.matches(object));
  // The watch cache answers reads of "any version" in one page and ignores the limit (measured).
  const limit = options.limit > 0 && options.resourceVersion !== 0 ? options.limit : rest.length;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const more = last !== undefined && rest.length > page.length;
  const selective = query.has("labelSelector") || query.has("fieldSelector");
  const list = wireList(shapeOf(resource, headers["accept"]), page, {
    resourceVersion: String(state.revision),
    ...(more ? { continue: continueToken(state.revision, keyOf(last)) } : {}),
    ...(more && !selective ? { remainingItemCount: rest.length - page.length } : {}),
  });
  request.responder.json(200, list);
}

async function readState(context: ServerContext, resource: Resource, options: ListOptions): Promise<State> {
  const { store, behaviour } = context;
  if (options.continueToken !== undefined) return continuedState(context, resource, options.continueToken);
  const wanted = options.resourceVersion;
  const served = behaviour.laggingAt ?? store.revision;
  if (wanted !== undefined && wanted > served) {
    await new Promise((resolve) => setTimeout(resolve, behaviour.freshnessWaitMs).unref());
    throw new ApiError(versionTooLarge(wanted, served), { "retry-after": "1" });
  }
  if (options.exact && wanted !== undefined) {
    const state = wanted < store.compactedAt ? undefined : store.stateAt(resource, wanted);
    if (state?.found !== true) throw listTooOld();
    return { revision: wanted, objects: state.objects, after: "" };
  }
  const lagging = wanted === undefined ? undefined : behaviour.laggingAt;
  const state = lagging === undefined ? undefined : store.stateAt(resource, lagging);
  if (lagging !== undefined && state?.found === true)
    return { revision: lagging, objects: state.objects, after: "" };
  return { revision: store.revision, objects: store.list(resource), after: "" };
}

function continuedState({ store }: ServerContext, resource: Resource, token: string): State {
  const { rv, start } = readToken(token);
  // A token of an inconsistent continuation has no version and continues in the current state.
  if (rv < 0) return { revision: store.revision, objects: store.list(resource), after: start };
  const state = rv < store.windowStart ? undefined : store.stateAt(resource, rv);
  if (state?.found !== true) throw continueTooOld(continueToken(-1, start));
  return { revision: rv, objects: state.objects, after: start };
}

function continueToken(revision: number, after: string): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: `${after}\0` })).toString(
    "base64url",
  );
}

function readToken(token: string): { readonly rv: number; readonly start: string } {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, "base64url").toString()) as {
      rv: number;
      start: string;
    };
    return { rv, start: start.replace(/\0$/, "") };
  } catch {
    throw badRequest(
      "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
    );
  }
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace}/${object.metadata.name}`;
}
