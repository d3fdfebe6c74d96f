/**
 * One credential as an app holds it: identity, and values that must be asked for by key. Made by `live-credential.ts`.
 * Keeps true that printing, JSON and spreading never show a value, and that every declared key is there.
 */
import type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";

/** A value by key: always there for a declared key; where no keys were declared it may be missing. */
type Found<Key extends string, Value> = string extends Key ? Value | undefined : Value;

/** A credential at one revision; never changes. `Key`: the keys that were declared, `string` without a declaration. */
export class HeldCredential<Key extends string = string> {
  readonly namespace: string;
  readonly name: string;
  /** Kubernetes Secret type, such as `kubernetes.io/tls`. */
  readonly type: string;
  /** Empty where the source has none; another one means deleted and recreated. */
  readonly uid: string;
  /** Revision of podkey's view at which this content was first served. Not comparable over restarts of podkey. */
  readonly revision: bigint;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When a certificate or token in it ends, or what an annotation says; undefined: unknown. */
  readonly expireTime: Date | undefined;
  /** Names of all keys that this consumer may read, sorted; also those that were not declared. */
  readonly keys: readonly string[];
  readonly #data: Readonly<Record<string, Buffer>>;

  /** @param credential as it came over the wire, in FULL view, with all of `Key` in it. */
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

  /** The value's bytes, not copied: do not write to them. */
  bytes(key: Key): Found<Key, Buffer> {
    // Whoever declared keys got no credential without them (`hasKeys`), which the type of a record cannot say.
    return (Object.hasOwn(this.#data, key) ? this.#data[key] : undefined) as Found<Key, Buffer>;
  }

  /** The value as UTF-8 text. */
  text(key: Key): Found<Key, string> {
    return this.bytes(key)?.toString("utf8") as Found<Key, string>;
  }
}

/** Whether a credential can be held by someone who declared these keys. */
export function hasKeys({ data }: Credential, keys: readonly string[]): boolean {
  return keys.every((key) => Object.hasOwn(data, key));
}

/** A time of the wire; undefined for an unset one. */
export function toDate(
  time: { readonly seconds: string | number | object; readonly nanos: number } | null,
): Date | undefined {
  return time === null ? undefined : new Date(Number(time.seconds) * 1000 + time.nanos / 1e6);
}
