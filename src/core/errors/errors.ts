/**
 * Every error that podkey answers an RPC with: one closed table of reasons, each with its gRPC code, whether and
 * when to retry, and what to do. `rpc/status.ts` is the only place that turns an error into a status;
 * docs/errors.md is generated from this table. A message is one sentence, never a value, never a cause.
 */

/** gRPC codes by name, as far as podkey makes them itself. */
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

/** What the table says of one reason. */
export interface ReasonFacts {
  readonly code: Code;
  /** Milliseconds after which a retry helps (RetryInfo, pushback); undefined: a retry alone does not help. */
  readonly retryAfterMs: number | undefined;
  /** When it happens; one sentence for docs/errors.md. */
  readonly when: string;
  /** What to do; one sentence for docs/errors.md. */
  readonly remedy: string;
}

/** The table: reason to facts. Closed; adding a line here documents, maps and counts the new reason. */
export const REASONS = {
  CREDENTIAL_NOT_FOUND: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "The consumer's view holds no credential of this namespace and name, whether one exists elsewhere or not.",
    remedy:
      "Check the name, and that the Secret carries the label that podkey selects (podkey.dev/serve=true by default).",
  },
  KEY_NOT_FOUND: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "The credential is there, but not with every key that was asked for.",
    remedy: "Ask for the keys that `podkey get NAME` lists.",
  },
  PREVIOUS_NOT_FOUND: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "No previous data is kept: the credential did not change within the overlap, or was deleted or recreated.",
    remedy: "Use the current generation; the overlap is set by --previous-for and podkey.dev/previous-for.",
  },
  SERVICE_UNKNOWN: {
    code: "NOT_FOUND",
    retryAfterMs: undefined,
    when: "Health was asked for a service that is not here.",
    remedy: "Ask for `podkey.v1.CredentialService`, or for the empty name.",
  },
  POLICY_DENIED: {
    code: "PERMISSION_DENIED",
    retryAfterMs: undefined,
    when: "No rule of this consumer could ever allow this namespace, name or key.",
    remedy: "Add the name (and key) to an `allow` rule of this consumer in the configuration file.",
  },
  PEER_DENIED: {
    code: "PERMISSION_DENIED",
    retryAfterMs: undefined,
    when: "The kernel says that the process at the other end of the socket is not the uid or gid that this consumer names.",
    remedy: "Run the client as the uid and gid of `peer`, or connect to the socket of its own consumer.",
  },
  BAD_AUTHORITY: {
    code: "PERMISSION_DENIED",
    retryAfterMs: undefined,
    when: "A TCP call came with an :authority that is not a loopback name (a browser's DNS rebinding looks like this).",
    remedy: "Connect to localhost, 127.0.0.1 or [::1].",
  },
  BAD_TOKEN: {
    code: "UNAUTHENTICATED",
    retryAfterMs: undefined,
    when: "The TCP listener has a token file and the call carries no or another bearer token.",
    remedy:
      "Send metadata `authorization: Bearer TOKEN` with the content of the token file (PODKEY_TOKEN_FILE for our own commands).",
  },
  BAD_NAME: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "A namespace, name or key cannot be one in Kubernetes, is missing, or too many names are given.",
    remedy: "Use a DNS subdomain for names, a DNS label for namespaces, and at most 1,000 names.",
  },
  BAD_SELECTOR: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The label selector does not parse.",
    remedy: "Use Kubernetes selector syntax: `a=b,c!=d,e in (f,g),h,!i`.",
  },
  BAD_PAGE_TOKEN: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The page token is garbage or belongs to a listing with other filters.",
    remedy: "Send the token back unchanged, with the same namespace, names, selector, types and view.",
  },
  BAD_PAGE_SIZE: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "page_size is negative.",
    remedy: "Leave it 0 for 100, or ask for 1 to 1,000.",
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
    when: "The resume token was not made by podkey or was changed on the way.",
    remedy: "Send the last non-empty resume_token unchanged, or none to start over.",
  },
  BAD_REQUEST: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The body of the call is not exactly one message of its method.",
    remedy: "Use a client made from proto/podkey/v1/credential_service.proto.",
  },
  NAMESPACE_REQUIRED: {
    code: "INVALID_ARGUMENT",
    retryAfterMs: undefined,
    when: "The namespace is empty while podkey serves more than one.",
    remedy: "Set `namespace`.",
  },
  NOT_SYNCED: {
    code: "UNAVAILABLE",
    retryAfterMs: 1000,
    when: "The source has not been listed once yet.",
    remedy: "Retry; the freshness reason and podkey's log say what it waits for.",
  },
  SOURCE_STALE: {
    code: "UNAVAILABLE",
    retryAfterMs: 1000,
    when: "The answer would be older than max_age or --max-stale and the source did not prove it current in time.",
    remedy: "Retry, or ask without max_age to get the last known content with its age.",
  },
  SHUTTING_DOWN: {
    code: "UNAVAILABLE",
    retryAfterMs: 1000,
    when: "podkey got SIGTERM and drains.",
    remedy: "Reconnect to the same address and resume; in a pod the app has already stopped by then.",
  },
  PAGE_EXPIRED: {
    code: "ABORTED",
    retryAfterMs: undefined,
    when: "The snapshot that the page token speaks of is gone: older than 60 s, replaced, under another policy or of another process.",
    remedy: "List again from the first page.",
  },
  RESUME_NOT_POSSIBLE: {
    code: "OUT_OF_RANGE",
    retryAfterMs: undefined,
    when: "require_resume is set and the token is too old, of another process, or for other filters.",
    remedy: "Watch again without resume_token and take the reset.",
  },
  SLOW_CONSUMER: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: 1000,
    when: "The client took nothing from its Watch for 60 s while changes were waiting.",
    remedy: "Read the stream in its own task and resume with the last token.",
  },
  TOO_MANY_STREAMS: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: 1000,
    when: "The consumer has --max-streams Watches open, or one connection has 224.",
    remedy: "Share one Watch per process, close what is not read, or raise --max-streams.",
  },
  REQUEST_TOO_LARGE: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: undefined,
    when: "The message of the call is larger than 1 MiB.",
    remedy: "Ask for fewer names or types at once; a label selector says more in less.",
  },
  TOO_MANY_WAITERS: {
    code: "RESOURCE_EXHAUSTED",
    retryAfterMs: 1000,
    when: "4,096 calls of this consumer already wait for the first sync or a proof.",
    remedy: "Wait on health or on one Watch instead of on many calls.",
  },
  INVARIANT: {
    code: "INTERNAL",
    retryAfterMs: undefined,
    when: "A bug in podkey; the details are in its log only.",
    remedy: "Report it with the log line; retrying may help.",
  },
} as const satisfies Record<string, ReasonFacts>;

/** A reason of the table. */
export type Reason = keyof typeof REASONS;

/** What an error carries besides its reason. */
export interface PodkeyErrorDetails {
  /** Dynamic parts of the message, for ErrorInfo.metadata; never a value. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The request field that is wrong, for BadRequest. */
  readonly field?: string;
  /** What really happened; goes to the log and never on the wire. */
  readonly cause?: unknown;
}

/** An error with a reason of the table. The message goes on the wire as it stands. */
export class PodkeyError extends Error {
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly field: string | undefined;

  /** @param message one sentence with what to do; never a value of a Secret. */
  constructor(reason: Reason, message: string, details: PodkeyErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "PodkeyError";
    this.reason = reason;
    this.metadata = details.metadata ?? {};
    this.field = details.field;
  }

  /** The facts of its reason. */
  get facts(): ReasonFacts {
    return REASONS[this.reason];
  }
}
