/**
 * A request as the handlers of the fake API server get it, for either HTTP version: parsed path, query, user, and the
 * log record that tests read. Made by the router.
 */
import { RESOURCE_NAMES } from "./kube-object.ts";
import type { Resource } from "./kube-object.ts";

/** Verbs as RBAC names them; `other` is everything that is not a resource request. */
export type Verb = "list" | "watch" | "get" | "create" | "update" | "patch" | "delete" | "other";

/** Where a path leads. */
export interface Route {
  readonly verb: Verb;
  readonly resource: Resource | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** One request in the log. Times are `performance.now()` milliseconds. */
export interface RequestRecord extends Route {
  /** Counts up over the life of the server. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly protocol: "h2" | "http/1.1";
  /** Counts connections; the same number is the same TLS connection. */
  readonly connection: number;
  readonly atMs: number;
  /** Set by the first byte of the answer; undefined while none has been given. */
  status: number | undefined;
  /** When the answer ended or the client went away; undefined while it is open. */
  endedAtMs: number | undefined;
  /** Whether a script answered instead of the server itself. */
  scripted: boolean;
}

const RESOURCE_PATH = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/;

/** Reads a path; `GET …/secrets/NAME?watch=1` is a plain get, as on the real server. */
export function routeOf(method: string, path: string, query: URLSearchParams): Route {
  const match = RESOURCE_PATH.exec(path);
  const resource = RESOURCE_NAMES.find((known) => known === match?.[2]);
  if (match === null || resource === undefined) {
    return { verb: "other", resource: undefined, namespace: undefined, name: undefined };
  }
  const [, namespace, , name] = match;
  return { verb: verbOf(method, name, query), resource, namespace, name };
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb {
  switch (method) {
    case "GET":
      if (name !== undefined) return "get";
      return isTrue(query.get("watch")) ? "watch" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return "delete";
    default:
      return "other";
  }
}

/** A boolean query parameter as Go reads it. */
export function isTrue(text: string | null): boolean {
  return text !== null && ["1", "t", "true", "TRUE", "True"].includes(text);
}
