/**
 * Every reason a source gives for a credential's problem: when it happens and what to do, one closed table that
 * docs/problems.md is generated from. A message made here names keys, files and lines, never a value or a parser's
 * own error text (Node's JSON errors quote the input).
 */
import type { Problem } from "../../core/credential/problem.ts";

/** What the table says of one reason. */
export interface ProblemFacts {
  /** When it happens; one sentence. */
  readonly when: string;
  /** What to do; one sentence. */
  readonly remedy: string;
}

/** Reason to facts. */
export const PROBLEM_REASONS = {
  BAD_BASE64: {
    when: "A value under `data` is not canonical padded standard base64.",
    remedy: "Encode the value with `base64 -w0`, or put the plain text under `stringData`.",
  },
  BAD_CERTIFICATE: {
    when: "A key that has to hold PEM certificates holds something that cannot be read as such.",
    remedy: "Put the certificate first, then its intermediates, each as a `BEGIN CERTIFICATE` block.",
  },
  BAD_ENCODING: {
    when: "The annotation `podkey.dev/content-encoding` says gzip and a value is none, or decodes to more than 8 MiB.",
    remedy:
      "Compress every value with `gzip`, or remove the annotation; the last good content is served meanwhile.",
  },
  BAD_ENTRY: {
    when: "A mounted folder holds something that cannot be a key: a nested folder, a socket, a name that no key may have.",
    remedy: "Mount files only, with names of letters, digits, `-`, `_` and `.`.",
  },
  BAD_FORMAT: {
    when: "A key of a bootstrap token or an SSH key does not look like what its type demands.",
    remedy: "Compare the value with the Kubernetes page of that Secret type.",
  },
  BAD_JSON: {
    when: "A docker configuration is not a JSON object.",
    remedy: "Recreate it with `kubectl create secret docker-registry`.",
  },
  BAD_KEY: {
    when: "A key under `data` has characters or a length that Kubernetes refuses.",
    remedy: "Use at most 253 letters, digits, `-`, `_` and `.`.",
  },
  BAD_PART: {
    when: "An annotation `podkey.dev/part-*` is missing or malformed, so that the part belongs nowhere.",
    remedy: "Write all four on every part; the last good whole is served meanwhile.",
  },
  BAD_PRIVATE_KEY: {
    when: "A key that has to hold a private key cannot be read as an unencrypted PEM key.",
    remedy: "Store the key in PEM form without a passphrase.",
  },
  BAD_TIME: {
    when: "An annotation or key that has to hold a time or a duration does not: RFC 3339, or `90s`, `15m`, `1h`, `0`.",
    remedy: "Write a time as `2027-01-31T12:00:00Z` and a duration as `1h`.",
  },
  BAD_TOKEN: {
    when: "The `token` of a service-account token is not a JWT.",
    remedy: "Delete the Secret's token key, and the token controller fills it again.",
  },
  BROKEN_FILE: {
    when: "The manifest file that this credential came from can no longer be read or parsed.",
    remedy: "Mend the file at the line that the message names; the last good content is served meanwhile.",
  },
  CERTIFICATE_KEY_MISMATCH: {
    when: "The private key does not belong to the first certificate.",
    remedy: "Store a certificate and a key of the same pair, leaf certificate first.",
  },
  DATES_OUT_OF_ORDER: {
    when: "A certificate, a token or the annotations end before they begin.",
    remedy: "Issue it again, or mend the annotation.",
  },
  DUPLICATE_NAME: {
    when: "Two manifests define a Secret of the same namespace and name (the first path wins), or a Secret has the name that others say they are parts of (the Secret wins).",
    remedy: "Delete one of them, or give it another name.",
  },
  EMPTY_KEY: {
    when: "A key that the type needs is there but empty.",
    remedy: "Fill it; an issuer that is still at work does so by itself.",
  },
  MISSING_ANNOTATION: {
    when: "A service-account token names no ServiceAccount.",
    remedy: "Set the annotation `kubernetes.io/service-account.name`.",
  },
  MISSING_KEY: {
    when: "A key that the type needs is missing.",
    remedy: "Add the key, or use the type `Opaque`.",
  },
  OVER_SECRET_LIMIT: {
    when: "The values sum up to more than the 1 MiB that an API server accepts in one Secret.",
    remedy: "Split it into parts (annotation `podkey.dev/part-of`), or keep large files elsewhere.",
  },
  PARTS_EXTRA: {
    when: "Beside the complete set of parts that is served there are parts of an earlier one.",
    remedy: "Delete them.",
  },
  PARTS_INCOMPLETE: {
    when: "Parts of a credential are missing, as in the midst of a rotation, or two Secrets claim the same place.",
    remedy:
      "Write the missing parts; the last good whole is served meanwhile, and none where there was none.",
  },
  PARTS_MISMATCH: {
    when: "All parts are there and their joined keys and bytes do not give the hash that they name, or a key stands twice.",
    remedy: "Write all parts anew; docs/lifetimes.md shows how the hash is made.",
  },
  TOO_LARGE: {
    when: "The credential is larger than 3 MiB encoded, so that no client could receive it.",
    remedy: "Ask for single keys, or store less in it.",
  },
  UNDECODABLE: {
    when: "The object is no Secret that an API server would accept: a field has the wrong shape.",
    remedy: "Check it with `kubectl apply --dry-run=server`.",
  },
} as const satisfies Record<string, ProblemFacts>;

/** A reason of the table. */
export type ProblemReason = keyof typeof PROBLEM_REASONS;

/** Where a problem lies. */
export interface ProblemPlace {
  /** The key it is about; none: the whole credential. */
  readonly key?: string;
  /** The keys a view must be allowed to read to be shown it; default: `key`, if there is one. */
  readonly keys?: readonly string[];
  /** True: the last good content is what is served. */
  readonly contentOutdated?: boolean;
}

/** Makes a problem. `message` is one sentence without any value. */
export function problem(reason: ProblemReason, message: string, place: ProblemPlace = {}): Problem {
  const { key = "", keys = key === "" ? [] : [key], contentOutdated = false } = place;
  return { reason, key, keys, message, contentOutdated };
}
