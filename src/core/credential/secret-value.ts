/**
 * One value of a Secret: bytes that never print. A source creates it once, from decoded base64. Only the RPC encoder and the
 * client's output read the bytes. Every other use of the object (string, template, JSON, inspect, spread) gives `[redacted]`, so
 * that a value cannot reach a log by accident.
 */

/** The text of every value. */
export const REDACTED = "[redacted]";

/** The bytes of one key of a Secret. Equality is by content; the bytes are never copied and must not be changed. */
export class SecretValue {
  readonly #bytes: Uint8Array;

  /** @param bytes the decoded value; the caller must not change them afterwards. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Size of the value in bytes. The size is not secret: `KeyInfo.size_bytes` shows it. */
  get sizeBytes(): number {
    return this.#bytes.byteLength;
  }

  /** The bytes. Each call of this method is a place where a value leaves podkey. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** Whether both hold the same bytes. */
  equals(other: SecretValue): boolean {
    const a = this.#bytes;
    const b = other.#bytes;
    if (a === b) return true;
    if (a.byteLength !== b.byteLength) return false;
    // A plain loop: `every` takes seven times as long, which is noticeable in a relist of 64 MiB.
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

  /** The output of `util.inspect`, `console.log` and assertion messages. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}
