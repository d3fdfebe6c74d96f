/**
 * Reads protobuf messages strictly (protobuf.dev, "Encoding"): a field that runs past the end of its message, field
 * number 0, an unknown wire type, an unmatched group and a string that is not UTF-8 are errors. The reader of protobufjs
 * accepts all of these. Unknown fields are skipped.
 */
import { isUtf8 } from "node:buffer";

/** The bytes are not a valid message. */
export class WireError extends Error {}

/** Groups inside groups, at most; as in the libraries of Google. */
const DEPTH_LIMIT = 100;

/** Bytes of a varint of 64 bits. */
const VARINT_BYTES = 10;

/** See the file comment. Usage: `while (reader.next()) if (reader.tag === 0x0a) … reader.string() … else reader.skip()`. */
export class WireReader {
  /** Tag of the current field: field number << 3 | wire type. */
  tag = 0;
  readonly #bytes: Buffer;
  #at = 0;
  /** Whether the last varint has more than 32 bits. */
  #isLong = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the next tag; false at the end of the message. */
  next(): boolean {
    if (this.#at === this.#bytes.length) return false;
    this.tag = this.#varint();
    if (this.tag >>> 3 === 0 || this.#isLong) throw new WireError("field number");
    return true;
  }

  /** The current field as text. */
  string(): string {
    const start = this.#enter();
    const end = this.#at;
    for (let at = start; at < end; at += 1) {
      if ((this.#bytes[at] ?? 0) < 0x80) continue;
      if (!isUtf8(this.#bytes.subarray(start, end))) throw new WireError("UTF-8");
      return this.#bytes.toString("utf8", start, end);
    }
    return this.#bytes.toString("latin1", start, end);
  }

  /** The current field as bytes, or as an inner message; shares the memory of the message. */
  bytes(): Buffer {
    const start = this.#enter();
    return this.#bytes.subarray(start, this.#at);
  }

  /** The current field as int32: the low 32 bits of its varint. */
  int32(): number {
    return this.#varint() | 0;
  }

  /** The current field as bool. */
  bool(): boolean {
    return this.#varint() !== 0 || this.#isLong;
  }

  /** The current field as int64; exact up to 2 ** 53. */
  int64(): number {
    const start = this.#at;
    this.#varint();
    let value = 0n;
    for (let at = this.#at - 1; at >= start; at -= 1)
      value = (value << 7n) | BigInt((this.#bytes[at] ?? 0) & 0x7f);
    return Number(BigInt.asIntN(64, value));
  }

  /** Skips the current field. */
  skip(): void {
    this.#skip(this.tag, 0);
  }

  #skip(tag: number, depth: number): void {
    switch (tag & 7) {
      case 0:
        this.#varint();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.#enter();
        return;
      case 3:
        this.#skipGroup(tag, depth + 1);
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw new WireError("wire type");
    }
  }

  #skipGroup(start: number, depth: number): void {
    if (depth > DEPTH_LIMIT) throw new WireError("depth");
    while (this.next()) {
      if (this.tag === start + 1) return;
      this.#skip(this.tag, depth);
    }
    throw new WireError("group");
  }

  /** Reads a length and goes to the end of what it covers; returns the beginning. */
  #enter(): number {
    const sizeBytes = this.#varint();
    if (this.#isLong) throw new WireError("length");
    const start = this.#at;
    this.#advance(sizeBytes);
    return start;
  }

  #advance(sizeBytes: number): void {
    if (sizeBytes > this.#bytes.length - this.#at) throw new WireError("length");
    this.#at += sizeBytes;
  }

  /** The low 32 bits of a varint. */
  #varint(): number {
    let value = 0;
    this.#isLong = false;
    for (let count = 0; count < VARINT_BYTES; count += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new WireError("varint");
      this.#at += 1;
      if (count < 5) value |= (byte & 0x7f) << (count * 7);
      if ((count === 4 && (byte & 0x70) !== 0) || (count > 4 && (byte & 0x7f) !== 0)) this.#isLong = true;
      if (byte < 0x80) return value >>> 0;
    }
    throw new WireError("varint");
  }
}
