/**
 * A credential: one Secret from a source, decoded, checked, and without everything that must never be served (managedFields,
 * annotations outside the allow-list). Immutable; views project it.
 */
import type { Problem } from "./problem.ts";
import type { SecretValue } from "./secret-value.ts";

/** The key of a credential in the snapshot: namespace and name, joined by NUL so that the order is (namespace, name). */
export type CredentialKey = string & { readonly __brand: "CredentialKey" };

/** The key of a credential. NUL sorts below every character of a name, hence `a/x` before `a-b/x`. */
export function credentialKey(namespace: string, name: string): CredentialKey {
  return `${namespace}\0${name}` as CredentialKey;
}

/** Namespace and name of a key. */
export function splitCredentialKey(key: CredentialKey): {
  readonly namespace: string;
  readonly name: string;
} {
  const at = key.indexOf("\0");
  return { namespace: key.slice(0, at), name: key.slice(at + 1) };
}

/** Labels or annotations: string to string, keys in ascending order. */
export type StringMap = Readonly<Record<string, string>>;

/** One Secret, as podkey serves it. */
export interface Credential {
  readonly namespace: string;
  readonly name: string;
  /** metadata.uid; empty if the source has none (manifests without a uid, volumes). */
  readonly uid: string;
  /** The version at the source: a number from Kubernetes, a counter from folders. Opaque to clients. */
  readonly resourceVersion: string;
  /** The Kubernetes Secret type, `Opaque` if the Secret names none. */
  readonly type: string;
  /** Key to value; keys in ascending order. */
  readonly data: ReadonlyMap<string, SecretValue>;
  readonly labels: StringMap;
  /** Allow-listed annotations only. */
  readonly annotations: StringMap;
  readonly immutable: boolean;
  /** metadata.creationTimestamp in milliseconds since the epoch; undefined if the source has none. */
  readonly createTimeMs: number | undefined;
  /** The earliest expiry found in the content, with the keys it was read from; undefined if none. */
  readonly expiry: Expiry | undefined;
  readonly problems: readonly Problem[];
  /** Set if the Secret is a part of another credential. Such a Secret is never served under its own name. */
  readonly part?: Part | undefined;
}

/** Which part of which credential a Secret is (docs/lifetimes.md, "Credentials in parts"). */
export interface Part {
  /** Name of the assembled credential, in the namespace of the part. */
  readonly of: string;
  /** From 0, below `count`. */
  readonly index: number;
  readonly count: number;
  /** SHA-256 of the assembled credential in lower-case hex: a digest of values, so never served, logged or part of a message. */
  readonly sha256: string;
}

/** When a credential expires, and the keys that this was read from (empty: an annotation). */
export interface Expiry {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The keys that the time was read from. A view without one of them does not include the time. */
  readonly keys: readonly string[];
  /** The next later expiry in the content, for such a view. */
  readonly otherwise?: Expiry;
}

/** Sum of the value sizes, in bytes. `--max-bytes` and `podkey_snapshot_bytes` count it. */
export function dataSizeBytes(credential: Credential): number {
  let sum = 0;
  for (const value of credential.data.values()) sum += value.sizeBytes;
  return sum;
}
