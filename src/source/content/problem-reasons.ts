/**
 * Every reason that a source gives for a credential's problem: when it happens and what to do. docs/problems.md is
 * generated from this table. Messages name keys, files and lines, never a value or a parser's own error text, which
 * can quote the input.
 */
import type { Problem } from "../../core/credential/problem.ts";

/** One row of the table. */
export interface ProblemFacts {
  /** When it happens; one sentence. */
  readonly when: string;
  /** What to do; one sentence. */
  readonly remedy: string;
}

/** The table, by reason. */
export const PROBLEM_REASONS = {
  BAD_BASE64: {
    when: "A value under `data` is not canonical padded standard base64.",
    remedy: "Encode the value with `base64 -w0`, or put the plain text under `stringData`.",
  },
  BAD_CERTIFICATE: {
    when: "A key that must hold PEM certificates cannot be read.",
    remedy: "Put the certificate first, then its intermediates, each as a `BEGIN CERTIFICATE` block.",
  },
  BAD_ENCODING: {
    when: "The annotation `podkey.dev/content-encoding` names an unknown encoding, or a value is not gzip, or the values decode to more than 8 MiB.",
    remedy:
      "Compress every value with `gzip`, or remove the annotation. Until then the last good content is served.",
  },
  BAD_ENTRY: {
    when: "A mounted folder holds something that cannot be a key: a nested folder, a socket, or a file with a name that is not a valid key.",
    remedy: "Mount only files with names of letters, digits, `-`, `_` and `.`.",
  },
  BAD_FORMAT: {
    when: "A key of a bootstrap token does not have the format that its type requires.",
    remedy: "Compare the value with the Kubernetes documentation of that Secret type.",
  },
  BAD_JSON: {
    when: "A docker configuration is not a JSON object.",
    remedy: "Recreate it with `kubectl create secret docker-registry`.",
  },
  BAD_KEY: {
    when: "A key under `data` has characters or a length that Kubernetes does not allow.",
    remedy: "Use at most 253 letters, digits, `-`, `_` and `.`.",
  },
  BAD_PART: {
    when: "An annotation `podkey.dev/part-*` is missing or malformed, so podkey cannot tell which credential the part belongs to.",
    remedy: "Set all four annotations on every part. Until then the last good content is served.",
  },
  BAD_PRIVATE_KEY: {
    when: "A key that must hold a private key cannot be read as an unencrypted PEM or OpenSSH key.",
    remedy: "Store the private key without a passphrase.",
  },
  BAD_TIME: {
    when: "An annotation or key must hold a time (RFC 3339) or a duration (`90s`, `15m`, `1h`, `0`) and does not.",
    remedy: "Write a time as `2027-01-31T12:00:00Z` and a duration as `1h`.",
  },
  BAD_TOKEN: {
    when: "The `token` of a service-account token is not a JWT.",
    remedy: "Delete the Secret's `token` key, and the token controller issues a new one.",
  },
  BROKEN_FILE: {
    when: "The manifest file that this credential came from can no longer be read or parsed.",
    remedy:
      "Correct the file at the line that the message names. Until then the last good content is served.",
  },
  CERTIFICATE_KEY_MISMATCH: {
    when: "The private key does not belong to the first certificate.",
    remedy: "Store a certificate and its own private key, leaf certificate first.",
  },
  DATES_OUT_OF_ORDER: {
    when: "A certificate or a token ends before it begins, or an annotation has a time before `rotated-at`.",
    remedy: "Issue a new one, or correct the annotation.",
  },
  DUPLICATE_NAME: {
    when: "Two manifests define the same Secret (the first path is served), or a Secret has the name that other Secrets declare in `podkey.dev/part-of` (the Secret is served).",
    remedy: "Delete or rename one of them.",
  },
  EMPTY_KEY: {
    when: "A key that the type requires is empty.",
    remedy: "Fill it, or wait until its issuer does.",
  },
  MISSING_ANNOTATION: {
    when: "A service-account token does not name its ServiceAccount.",
    remedy: "Set the annotation `kubernetes.io/service-account.name`.",
  },
  MISSING_KEY: {
    when: "A key that the type requires is missing.",
    remedy: "Add the key, or use the type `Opaque`.",
  },
  OVER_SECRET_LIMIT: {
    when: "The values add up to more than 1 MiB, the limit of an API server for one Secret.",
    remedy: "Split it into parts (annotation `podkey.dev/part-of`), or keep large files elsewhere.",
  },
  PARTS_EXTRA: {
    when: "There are parts that do not belong to the served set, left over from an earlier one.",
    remedy: "Delete them.",
  },
  PARTS_INCOMPLETE: {
    when: "Parts of a credential are missing, as during a rotation, or two different Secrets have the same index.",
    remedy:
      "Write the missing parts. Until then the last complete credential is served; if there was none, the credential is missing.",
  },
  PARTS_MISMATCH: {
    when: "The set is complete, but the hash of its joined keys and bytes differs from `podkey.dev/part-sha256`, or two parts have the same key.",
    remedy: "Write all parts again; docs/lifetimes.md shows how to compute the hash.",
  },
  TOO_LARGE: {
    when: "The credential is larger than 3 MiB encoded, so clients cannot receive it in one message.",
    remedy: "Request single keys, or store less in it.",
  },
  UNDECODABLE: {
    when: "A field of the object is malformed; an API server would refuse it.",
    remedy: "Check it with `kubectl apply --dry-run=server`.",
  },
} as const satisfies Record<string, ProblemFacts>;

/** A reason of the table. */
export type ProblemReason = keyof typeof PROBLEM_REASONS;

/** What a problem is about. */
export interface ProblemPlace {
  /** Default: the whole credential. */
  readonly key?: string;
  /** The problem is shown only to views that may read all of these keys. Default: `key`, if set. */
  readonly keys?: readonly string[];
  /** True: the last good content is served instead. */
  readonly contentOutdated?: boolean;
}

/** Creates a problem. `message` is one sentence and holds no value. */
export function problem(reason: ProblemReason, message: string, place: ProblemPlace = {}): Problem {
  const { key = "", keys = key === "" ? [] : [key], contentOutdated = false } = place;
  return { reason, key, keys, message, contentOutdated };
}
