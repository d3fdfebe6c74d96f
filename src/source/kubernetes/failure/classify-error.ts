/**
 * Turns the errors of an API server or a proxy into SyncErrors: HTTP statuses and Status objects, in a body or in a
 * watch stream. Node's own errors: classify-node-error.ts. Messages are built from known facts; a thrown error never
 * becomes a cause, because an HTTP parser error carries the raw packet.
 */
import type { SyncErrorKind } from "../../../sync/port/sync-error.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { asRecord } from "../../content/record.ts";
import { asText } from "./parse-json.ts";

/** An HTTP response that is not a success. */
export interface FailedAnswer {
  readonly status: number;
  /** Header `retry-after`, as sent. */
  readonly retryAfter: string | undefined;
  /** The parsed body; undefined if it was not JSON. */
  readonly body: unknown;
}

/** What was requested, for the message and for the error kinds that depend on it. */
export interface Asked {
  /** "list secrets in namespace shop". */
  readonly what: string;
  /** It was a WatchList: a server that rejects the parameters does not support it. */
  readonly initialEvents: boolean;
}

/** Statuses that decide the kind by themselves; for the others the class of the status does. */
const KIND_BY_STATUS: Readonly<Record<number, SyncErrorKind>> = {
  401: "unauthorized",
  403: "forbidden",
  408: "timeout",
  410: "expired",
  429: "throttled",
};

/** Responses to the WatchList parameters from servers and proxies that do not support them. */
const WATCH_LIST_REFUSALS: ReadonlySet<number> = new Set([400, 404, 422]);

/** Classifies an HTTP response. @param nowWallMs wall clock, for a Retry-After that is a date. */
export function classifyAnswer(answer: FailedAnswer, asked: Asked, nowWallMs: number): SyncError {
  const status = readStatus(answer.body);
  const retryAfterMs = longest(retryAfterHeaderMs(answer.retryAfter, nowWallMs), status?.retryAfterMs);
  const kind = kindOf(answer.status, status, asked, retryAfterMs !== undefined);
  return new SyncError(kind, sentence(`The API server answered ${String(answer.status)} to`, asked, status), {
    httpStatus: answer.status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Classifies a Status object in place of data: an ERROR event of a watch, or the body of a 200. */
export function classifyStatusObject(object: unknown, asked: Asked): SyncError {
  const status = readStatus(object);
  if (status === undefined) {
    return new SyncError(
      "malformed",
      `The API server sent an error that is not a Status object in response to "${asked.what}".`,
    );
  }
  const kind = kindOf(status.code, status, asked, status.retryAfterMs !== undefined);
  const { retryAfterMs } = status;
  return new SyncError(
    kind,
    sentence(`The API server reported ${String(status.code)} in the response to`, asked, status),
    {
      httpStatus: status.code,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

function kindOf(
  code: number,
  status: StatusFacts | undefined,
  asked: Asked,
  hasRetryAfter: boolean,
): SyncErrorKind {
  if (status?.versionTooLarge === true) return "version-too-large";
  if (status?.reason === "Expired" || status?.reason === "Gone") return "expired";
  const byStatus = KIND_BY_STATUS[code];
  if (byStatus !== undefined) return byStatus;
  if (asked.initialEvents && WATCH_LIST_REFUSALS.has(code)) return "watch-list-unsupported";
  if (code === 503 && hasRetryAfter) return "throttled";
  if (code >= 500) return "server";
  // Another 2xx carries no usable data. A redirect or a 4xx needs a change of the configuration.
  return code < 300 ? "malformed" : "configuration";
}

interface StatusFacts {
  readonly code: number;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly versionTooLarge: boolean;
}

function readStatus(body: unknown): StatusFacts | undefined {
  const status = asRecord(body);
  if (status?.["kind"] !== "Status") return undefined;
  const details = asRecord(status["details"]);
  const seconds = details?.["retryAfterSeconds"];
  const message = asText(status["message"]);
  const causes: readonly unknown[] = Array.isArray(details?.["causes"]) ? details["causes"] : [];
  return {
    code: typeof status["code"] === "number" ? status["code"] : 500,
    reason: asText(status["reason"]),
    message,
    retryAfterMs: typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined,
    versionTooLarge:
      causes.some((cause) => asRecord(cause)?.["reason"] === "ResourceVersionTooLarge") ||
      // Servers before 1.16 send no cause.
      (status["code"] === 504 && message?.includes("Too large resource version") === true),
  };
}

/** A longer Retry-After than a day is treated as a mistake of the server. */
const MAX_RETRY_AFTER_MS = 24 * 3600 * 1000;

/** Retry-After as in RFC 9110: seconds, or a date. Undefined if absent, past or malformed. */
export function retryAfterHeaderMs(header: string | undefined, nowWallMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (text === "") return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowWallMs;
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : undefined;
}

function longest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

/** Quotes the server's message: it names users, namespaces and limits, and never contains data of a Secret. */
function sentence(start: string, asked: Asked, status: StatusFacts | undefined): string {
  const words = status?.message?.replaceAll(/\s+/g, " ").slice(0, 500);
  return `${start} "${asked.what}"${words === undefined ? "." : `: ${words}`}`;
}
