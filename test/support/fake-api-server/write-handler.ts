/**
 * Writes over HTTP (create, update, merge patch, delete), so that one client can drive this server and a real one
 * through the same calls. In-process tests write to the store directly.
 */
import { draftOf } from "./kube-object.ts";
import type { ObjectDraft, Resource } from "./kube-object.ts";
import type { ApiRequest, ServerContext } from "./server-context.ts";
import { alreadyExists, badRequest, notFound } from "./status.ts";
import { shapeOf, wireObject } from "./wire-shape.ts";

interface WriteBody {
  readonly metadata?: Partial<Pick<ObjectDraft, "name" | "labels" | "annotations">>;
  readonly data?: Readonly<Record<string, string | null>> | null;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly immutable?: boolean;
}

/** Answers a write. @throws ApiError 400, 404, 409. */
export function handleWrite({ store }: ServerContext, request: ApiRequest, resource: Resource): void {
  const { record, responder } = request;
  const { namespace, verb } = record;
  if (namespace === undefined) throw notFound();
  const shape = shapeOf(resource, record.headers["accept"]);
  if (verb === "delete") {
    const name = record.name ?? "";
    const gone = store.get(resource, namespace, name);
    if (gone === undefined) throw notFound(resource, name);
    store.delete(resource, namespace, name);
    const details = { name, kind: resource, uid: gone.metadata.uid };
    responder.json(200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
    return;
  }
  const body = readBody(record.body);
  const name = record.name ?? body.metadata?.name ?? "";
  const before = store.get(resource, namespace, name);
  if (verb === "create" && before !== undefined) throw alreadyExists(resource, name);
  if (verb !== "create" && before === undefined) throw notFound(resource, name);
  const base = verb === "patch" && before !== undefined ? draftOf(before) : {};
  const stored = store.put(resource, { ...draftOfBody(body, base, resource), namespace, name });
  responder.json(verb === "create" ? 201 : 200, wireObject(shape, stored));
}

function readBody(text: string): WriteBody {
  try {
    return JSON.parse(text) as WriteBody;
  } catch {
    throw badRequest(
      "the object provided is unrecognized (must be of type Secret): couldn't get version/kind",
    );
  }
}

/** RFC 7386: null removes, everything else replaces. On create and update the base is empty. */
function draftOfBody(
  body: WriteBody,
  base: Partial<ObjectDraft>,
  resource: Resource,
): Omit<ObjectDraft, "name" | "namespace"> {
  const encoded = Object.entries(body.stringData ?? {}).map(
    ([key, text]) => [key, resource === "secrets" ? Buffer.from(text).toString("base64") : text] as const,
  );
  const data = merged(base.data ?? undefined, { ...(body.data ?? {}), ...Object.fromEntries(encoded) });
  const labels = merged(base.labels, body.metadata?.labels);
  const annotations = merged(base.annotations, body.metadata?.annotations);
  const type = body.type ?? base.type;
  const immutable = body.immutable ?? base.immutable;
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(data === undefined ? {} : { data }),
    ...(type === undefined ? {} : { type }),
    ...(immutable === undefined ? {} : { immutable }),
  };
}

function merged(
  base: Readonly<Record<string, string>> | undefined,
  change: Readonly<Record<string, string | null>> | undefined,
): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries({ ...base, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
