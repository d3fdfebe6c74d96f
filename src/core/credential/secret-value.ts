/**
 * One value of a Secret: bytes that never print. Sources make it once, from decoded base64; only the RPC
 * encoder and the client's own output ask for the bytes. Whatever else JavaScript can do with an object
 * (string, template, JSON, inspect, spread) shows `[redacted]`, so that a value cannot reach a log by accident.
 */

/** What a value prints as, everywhere. */
export const REDACTED = "[redacted]";

/** The bytes of one key of a Secret. Equality is by content; the bytes are never copied and must not be changed. */
export class SecretValue {
  readonly #bytes: Uint8Array;

  /** @param bytes the decoded value; the caller gives them away and keeps no reference that writes. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Size of the value, in bytes. The size is not a secret: `KeyInfo.size_bytes` shows it. */
  get sizeBytes(): number {
    return this.#bytes.byteLength;
  }

  /** The bytes themselves. Each caller of this method is a place where a value leaves the house. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** Whether both hold the same bytes. */
  equals(other: SecretValue): boolean {
    const a = this.#bytes;
    const b = other.#bytes;
    if (a === b) return true;
    if (a.byteLength !== b.byteLength) return false;
    // A plain loop: `every` takes seven times as long, which a relist of 64 MiB would make felt.
    for (let index = 0; index < a.byteLength; index += 1) {
      if (a[index] !== b[index]) return false;
    }
    return true;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  /** What `util.inspect`, `console.log` and assertion messages show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}
