/**
 * One credential as an app holds it: identity, and values by key. Made by live-credential.ts. Printing, JSON and spreading
 * never show a value, and every declared key has one.
 */
import type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";

/** A value by key: always present for a declared key; without declared keys it may be missing. */
type Found<Key extends string, Value> = string extends Key ? Value | undefined : Value;

/** An immutable credential at one revision. `Key`: the declared keys, `string` without a declaration. */
export class HeldCredential<Key extends string = string> {
  readonly namespace: string;
  readonly name: string;
  /** Kubernetes Secret type, such as `kubernetes.io/tls`. */
  readonly type: string;
  /** Empty if the source has none; a different uid means that the Secret was deleted and recreated. */
  readonly uid: string;
  /** Revision of podkey's view at which this content was first served. Not comparable across restarts of podkey. */
  readonly revision: bigint;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When a certificate or token in it expires, or the time of an annotation; undefined: unknown. */
  readonly expireTime: Date | undefined;
  /** Names of all keys that this consumer may read, sorted, declared or not. */
  readonly keys: readonly string[];
  readonly #data: Readonly<Record<string, Buffer>>;

  /** @param credential of the wire, in FULL view, with all keys of `Key`. */
  constructor(credential: Credential) {
    this.namespace = credential.namespace;
    this.name = credential.name;
    this.type = credential.type;
    this.uid = credential.uid;
    this.revision = BigInt(credential.revision);
    this.labels = credential.labels;
    this.annotations = credential.annotations;
    this.expireTime = toDate(credential.expireTime);
    this.keys = credential.keys.map(({ name }) => name);
    this.#data = credential.data;
  }

  /** The bytes of a value. Not a copy: do not write to them. */
  bytes(key: Key): Found<Key, Buffer> {
    // hasKeys() guarantees the declared keys, which the type of a record cannot express.
    return (Object.hasOwn(this.#data, key) ? this.#data[key] : undefined) as Found<Key, Buffer>;
  }

  /** A value as UTF-8 text. */
  text(key: Key): Found<Key, string> {
    return this.bytes(key)?.toString("utf8") as Found<Key, string>;
  }
}

/** Whether a credential has all of these keys. */
export function hasKeys({ data }: Credential, keys: readonly string[]): boolean {
  return keys.every((key) => Object.hasOwn(data, key));
}

/** Converts a Timestamp; undefined if it is unset. */
export function toDate(
  time: { readonly seconds: string | number | object; readonly nanos: number } | null,
): Date | undefined {
  return time === null ? undefined : new Date(Number(time.seconds) * 1000 + time.nanos / 1e6);
}
