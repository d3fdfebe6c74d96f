/**
 * The error bodies of a kube-apiserver 1.36.3, byte for byte as measured: the order of their fields is part of it.
 * Thrown as ApiError anywhere below the router, or sent in the stream as an ERROR event.
 */

/** `kind: Status` as JSON. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: "Failure" | "Success";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code?: number;
}

/** A failure that goes to the client as a Status. */
export class ApiError extends Error {
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: Status, headers: Readonly<Record<string, string>> = {}) {
    super(status.message ?? "");
    this.name = "ApiError";
    this.status = status;
    this.headers = headers;
  }

  /** HTTP status code. */
  get code(): number {
    return this.status.code ?? 500;
  }
}

interface FailureFacts {
  readonly message: string;
  readonly code: number;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A failure Status. */
export function failure(facts: FailureFacts): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: facts.metadata ?? {},
    status: "Failure",
    message: facts.message,
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...(facts.details === undefined ? {} : { details: facts.details }),
    code: facts.code,
  };
}

/** 400. */
export function badRequest(message: string): ApiError {
  return new ApiError(failure({ message, reason: "BadRequest", code: 400 }));
}

/** 401: the same for a missing, wrong, expired or foreign token. */
export function unauthorized(): ApiError {
  return new ApiError(failure({ message: "Unauthorized", reason: "Unauthorized", code: 401 }));
}

/** 404 for an object, or for a path without one. */
export function notFound(resource?: string, name?: string): ApiError {
  if (resource === undefined) {
    const message = "the server could not find the requested resource";
    return new ApiError(failure({ message, reason: "NotFound", details: {}, code: 404 }));
  }
  const message = `${resource} "${name ?? ""}" not found`;
  return new ApiError(failure({ message, reason: "NotFound", details: { name, kind: resource }, code: 404 }));
}

/** 409 of a create. */
export function alreadyExists(resource: string, name: string): ApiError {
  const message = `${resource} "${name}" already exists`;
  return new ApiError(
    failure({ message, reason: "AlreadyExists", details: { name, kind: resource }, code: 409 }),
  );
}

/** The message of a 403: who may not do what where. */
export interface Denied {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** 403, by RBAC. */
export function forbidden({ user, verb, resource, namespace, name }: Denied): ApiError {
  const what = name === undefined ? `${resource} is forbidden` : `${resource} "${name}" is forbidden`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const message = `${what}: User "${user}" cannot ${verb} resource "${resource}" in API group "" ${where}`;
  const details = name === undefined ? { kind: resource } : { name, kind: resource };
  return new ApiError(failure({ message, reason: "Forbidden", details, code: 403 }), {
    "x-content-type-options": "nosniff",
  });
}

/** 422 of list options; one cause for each `[field, message]`. */
export function invalidListOptions(
  ...causes: readonly (readonly [field: string, message: string])[]
): ApiError {
  const texts = causes.map(([field, message]) => `${field}: Forbidden: ${message}`);
  const joined = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
  const details = {
    group: "meta.k8s.io",
    kind: "ListOptions",
    causes: causes.map(([field, message]) => ({
      reason: "FieldValueForbidden",
      message: `Forbidden: ${message}`,
      field,
    })),
  };
  const message = `ListOptions.meta.k8s.io "" is invalid: ${joined}`;
  return new ApiError(failure({ message, reason: "Invalid", details, code: 422 }));
}

/** 410 of a watch, always sent in the stream under HTTP 200. */
export function tooOld(requested: number, oldest: number): Status {
  const message = `too old resource version: ${String(requested)} (${String(oldest)})`;
  return failure({ message, reason: "Expired", code: 410 });
}

/** 410 of an exact list at a compacted revision. */
export function listTooOld(): ApiError {
  const message = "The resourceVersion for the provided list is too old.";
  return new ApiError(failure({ message, reason: "Expired", code: 410 }));
}

/** 410 of a later page, with the token of an inconsistent continuation. */
export function continueTooOld(token: string): ApiError {
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list " +
    "without the continue parameter, or use the continue token in this response to retrieve the remainder of the " +
    "results. Continuing with the provided token results in an inconsistent list - objects that were created, " +
    "modified, or deleted between the time the first chunk was returned and now may show up in the list.";
  return new ApiError(failure({ message, reason: "Expired", metadata: { continue: token }, code: 410 }));
}

/** 504 of a version that this server has not reached: HTTP for a list, in the stream for a WatchList. */
export function versionTooLarge(requested: number, current: number): Status {
  return failure({
    message: `Timeout: Too large resource version: ${String(requested)}, current: ${String(current)}`,
    reason: "Timeout",
    details: {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
    code: 504,
  });
}

/** 500 of a watch whose version is not a number; it has no reason, unlike the 400 of a list. */
export function versionNotANumber(text: string, verb: "list" | "watch"): ApiError {
  const message = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
  if (verb === "list") return badRequest(`invalid resource version: ${message}`);
  return new ApiError(failure({ message, code: 500 }));
}
