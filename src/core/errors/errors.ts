/**
 * Every error that podkey returns from an RPC: a closed table of reasons, each with its gRPC code, when to retry and
 * what to do. src/rpc/call/status.ts turns an error into a status; docs/errors.md is generated from this table. A message is
 * one sentence. It never contains a value of a Secret or the text of a cause.
 */
import {
  NAMES_LIMIT,
  SELECTOR_LIMITS,
  TYPE_LIMIT_BYTES,
  TYPES_LIMIT,
  VALID_PAGE_SIZES,
  withCommas,
} from "./request-limits.ts";

/** The gRPC codes that podkey returns itself. */
export type Code =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "PERMISSION_DENIED"
  | "UNAUTHENTICATED"
  | "RESOURCE_EXHAUSTED"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNAVAILABLE"
  | "INTERNAL";

/** A row of the table. */
export interface ReasonFacts {
  readonly code: Code;
  /** Milliseconds after which to retry (RetryInfo, pushback); undefined: a retry alone does not help. */
  readonly retryAfterMs: number | undefined;
  /** When podkey returns it; one sentence. */
  readonly when: string;
  /** What the client or operator does about it; one sentence. */
  readonly remedy: string;
}

/** Adding a row documents, maps and counts the new reason. */
export const REASONS = {
  CREDENTIAL_NOT_FOUND: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "The consumer's view has no credential with this namespace and name. The answer is the same whether or not the Secret exists.",
    remedy:
      "Check the name, and that the Secret has the label that podkey selects (podkey.dev/serve=true by default).",
  },
  KEY_NOT_FOUND: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "The credential exists but lacks a requested key.",
    remedy: "Request only keys that `podkey get NAME` lists.",
  },
  PREVIOUS_NOT_FOUND: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "No previous data is kept: the credential did not change within the overlap, or it was deleted or recreated.",
    remedy: "Use the current generation; --previous-for and podkey.dev/previous-for set the overlap.",
  },
  SERVICE_UNKNOWN: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "The health check names a service that podkey does not serve.",
    remedy: "Check `podkey.v1.CredentialService` or the empty name.",
  },
  POLICY_DENIED: {
    code: "PERMISSION_DENIED",
    retryAfterMs: undefined,
    when: "No rule of this consumer can allow this namespace, name or key.",
    remedy: "Add the name (and key) to an `allow` rule of this consumer in the configuration file.",
  },
  PEER_DENIED: {
    code: "PERMISSION_DENIED",
    retryAfterMs: undefined,
    when: "The client process does not run as the uid or gid that `peer` of this consumer requires.",
    remedy:
      "Run the client as the uid and gid of `peer`, or connect to the socket of the client's own consumer.",
  },
  BAD_AUTHORITY: {
    code: "PERMISSION_DENIED",
    retryAfterMs: undefined,
    when: "The :authority of a TCP call is not a loopback name, as in a DNS rebinding attack from a browser.",
    remedy: "Connect to localhost, 127.0.0.1 or [::1].",
  },
  BAD_TOKEN: {
    code: "UNAUTHENTICATED",
    retryAfterMs: undefined,
    when: "The TCP listener requires a bearer token, and the call has none or a different one.",
    remedy:
      "Send metadata `authorization: Bearer TOKEN` with the content of the token file (for podkey's own commands: PODKEY_TOKEN_FILE).",
  },
  BAD_NAME: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "A namespace, name or key is missing or not valid in Kubernetes, or there are too many names.",
    remedy: `Use a DNS subdomain as name, a DNS label as namespace, and at most ${withCommas(NAMES_LIMIT)} names.`,
  },
  BAD_SELECTOR: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The label selector is not valid, or the selector or `types` exceed their limits.",
    remedy:
      `Use Kubernetes selector syntax: \`a=b,c!=d,e in (f,g),h,!i\`, with at most ${String(SELECTOR_LIMITS.textBytes / 1024)} KiB, ` +
      `${withCommas(SELECTOR_LIMITS.requirements)} requirements and ${withCommas(SELECTOR_LIMITS.values)} values; and at most ` +
      `${withCommas(TYPES_LIMIT)} types of ${String(TYPE_LIMIT_BYTES)} bytes.`,
  },
  BAD_PAGE_TOKEN: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The page token was not issued by this server, was modified, or belongs to a listing with other filters.",
    remedy: "Send the token unchanged, with the same namespace, names, selector, types and view.",
  },
  BAD_PAGE_SIZE: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "page_size is negative.",
    remedy: `Use ${VALID_PAGE_SIZES}.`,
  },
  BAD_DURATION: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "max_age is not positive, or heartbeat_interval is negative or malformed.",
    remedy: "Send a positive duration, or leave the field unset.",
  },
  BAD_RESUME_TOKEN: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The resume token was not issued by podkey or was modified.",
    remedy: "Send the last non-empty resume_token unchanged, or none to start again.",
  },
  BAD_REQUEST: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The body of the call is not exactly one message of the method's request type.",
    remedy: "Use a client generated from proto/podkey/v1/credential_service.proto.",
  },
  NAMESPACE_REQUIRED: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The namespace is empty, and podkey serves more than one.",
    remedy: "Set `namespace`.",
  },
  NOT_SYNCED: {
    code: "UNAVAILABLE",
    retryAfterMs: 1000,
    when: "The first sync of the source is not complete.",
    remedy: "Retry; the freshness reason and podkey's log contain the cause.",
  },
  SOURCE_STALE: {
    code: "UNAVAILABLE",
    retryAfterMs: 1000,
    when: "The data was last verified longer ago than max_age or --max-stale allows, and verifying it did not succeed in time.",
    remedy: "Retry, or omit max_age to get the last known content with its age.",
  },
  SHUTTING_DOWN: {
    code: "UNAVAILABLE",
    retryAfterMs: 1000,
    when: "podkey received SIGTERM and is draining.",
    remedy: "Reconnect to the same address and resume. In a pod, the app has already stopped at this point.",
  },
  PAGE_EXPIRED: {
    code: "ABORTED",
    retryAfterMs: undefined,
    when: "The snapshot of the page token is gone: it is older than 60 s, was replaced, or belongs to another policy or process.",
    remedy: "List again from the first page.",
  },
  RESUME_NOT_POSSIBLE: {
    code: "OUT_OF_RANGE",
    retryAfterMs: undefined,
    when: "require_resume is set, and the token is too old, from another process, or for other filters.",
    remedy: "Watch again without resume_token and apply the reset.",
  },
  SLOW_CONSUMER: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: 1000,
    when: "The client read nothing from its Watch for 60 s while changes were waiting.",
    remedy: "Read the stream in a task of its own, and resume with the last token.",
  },
  TOO_MANY_STREAMS: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: 1000,
    when: "The consumer has --max-streams open Watches, or one connection has 224.",
    remedy: "Share one Watch per process, close unused streams, or raise --max-streams.",
  },
  REQUEST_TOO_LARGE: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: undefined,
    when: "The request message is larger than 1 MiB.",
    remedy: "Request fewer names or types at once, or use a label selector.",
  },
  TOO_LARGE_ANSWER: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: undefined,
    when: "The answer to FetchSecrets would be larger than 3.5 MiB.",
    remedy: "Ask for fewer names at once, or use StreamSecrets, which splits its answer.",
  },
  TOO_MANY_WAITERS: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: 1000,
    when: "4,096 calls of this consumer are already waiting for the first sync or for verified data.",
    remedy: "Wait with one health Watch or one Watch instead of many calls.",
  },
  INVARIANT: {
    code: "INTERNAL",
    retryAfterMs: undefined,
    when: "A bug in podkey. The details are only in its log.",
    remedy: "Report it with the log line. A retry may help.",
  },
} as const satisfies Record<string, ReasonFacts>;

/** The reason of an error, as in `ErrorInfo.reason`. */
export type Reason = keyof typeof REASONS;

/** Optional facts of an error. */
export interface PodkeyErrorDetails {
  /** Dynamic parts of the message, for ErrorInfo.metadata; never a value of a Secret. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The wrong request field, for BadRequest. */
  readonly field?: string;
  /** The original error. It goes to the log and is never sent. */
  readonly cause?: unknown;
}

/** An error with a reason. Its message is sent to the client unchanged. */
export class PodkeyError extends Error {
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly field: string | undefined;

  /** @param message one sentence with the remedy; never a value of a Secret. */
  constructor(reason: Reason, message: string, details: PodkeyErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "PodkeyError";
    this.reason = reason;
    this.metadata = details.metadata ?? {};
    this.field = details.field;
  }

  /** The table row of its reason. */
  get facts(): ReasonFacts {
    return REASONS[this.reason];
  }
}
