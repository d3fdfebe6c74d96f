/**
 * A credential: one Secret as a source hands it over, decoded, checked and stripped of everything that must
 * never be served (managedFields, annotations outside the allow-list). Immutable from here on; views project it.
 */
import type { Problem } from "./problem.ts";
import type { SecretValue } from "./secret-value.ts";

/** Where a credential stands in the snapshot: namespace and name, joined by NUL so that order is (namespace, name). */
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

/** Labels or annotations: string to string, keys sorted by whoever made the record. */
export type StringMap = Readonly<Record<string, string>>;

/** One Secret, as podkey serves it. */
export interface Credential {
  readonly namespace: string;
  readonly name: string;
  /** metadata.uid; empty where the source has none (manifests without one, volume). */
  readonly uid: string;
  /** The source's version, opaque to clients; numeric from Kubernetes, a counter from folders. */
  readonly resourceVersion: string;
  /** The Kubernetes Secret type, `Opaque` when the Secret names none. */
  readonly type: string;
  /** Key to value; keys in ascending order. */
  readonly data: ReadonlyMap<string, SecretValue>;
  readonly labels: StringMap;
  /** Allow-listed annotations only. */
  readonly annotations: StringMap;
  readonly immutable: boolean;
  /** metadata.creationTimestamp in milliseconds since the epoch; undefined where the source has none. */
  readonly createTimeMs: number | undefined;
  /** The earliest expiry found in the content, with the keys it was read from; undefined if none. */
  readonly expiry: Expiry | undefined;
  readonly problems: readonly Problem[];
  /** Set where the Secret is a part of another credential: it is never served under its own name. */
  readonly part?: Part | undefined;
}

/** Which part of which credential a Secret is (contract section 7, `podkey.dev/part-*`). */
export interface Part {
  /** Name of the whole, in the namespace of the part. */
  readonly of: string;
  /** From 0, below `count`. */
  readonly index: number;
  readonly count: number;
  /** SHA-256 of the whole in lower-case hex: a digest of values, so never served, logged or part of a message. */
  readonly sha256: string;
}

/** When a credential ends, and which keys say so (empty: an annotation does). */
export interface Expiry {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The keys that the time was read from; a view that lacks one of them does not see it. */
  readonly keys: readonly string[];
  /** The next later end that the content names, for such a view. */
  readonly otherwise?: Expiry;
}

/** Sum of the value sizes, in bytes; what `--max-bytes` and `snapshot_bytes` count. */
export function dataSizeBytes(credential: Credential): number {
  let sum = 0;
  for (const value of credential.data.values()) sum += value.sizeBytes;
  return sum;
}
