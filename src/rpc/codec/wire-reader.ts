/**
 * Reads protobuf messages strictly (protobuf.dev, "Encoding"): a field that runs past the end of its message, field
 * number 0, an unknown wire type, an unmatched group and a string that is not UTF-8 are errors. The reader of protobufjs
 * accepts all of these. The number of fields is limited, so that a hostile message of 1 MiB costs little time.
 */
import { isUtf8 } from "node:buffer";

/** The bytes are not a valid message. */
export class WireError extends Error {}

/** Groups inside groups, at most; as in the libraries of Google. */
const DEPTH_LIMIT = 100;

/** Bytes of a varint of 64 bits. */
const VARINT_BYTES = 10;

/** Fields of a message and its inner messages. Valid requests have about a thousand (request-limits.ts). */
const FIELDS_LIMIT = 10_000;

/** See the file comment. Usage: `while (reader.next()) if (reader.tag === 0x0a) … reader.string() … else reader.skip()`. */
export class WireReader {
  /** Tag of the current field: field number << 3 | wire type. */
  tag = 0;
  readonly #bytes: Buffer;
  /** End of the message that is read: of all bytes, or of an inner message. */
  #end: number;
  #at = 0;
  #fields = 0;
  /** Upper 32 bits of the last varint. */
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.byteLength;
  }

  /** Reads the next tag; false at the end of the message. */
  next(): boolean {
    if (this.#at === this.#end) return false;
    this.tag = this.#varint();
    if (this.tag >>> 3 === 0 || this.#high !== 0) throw new WireError("field number");
    this.#fields += 1;
    if (this.#fields > FIELDS_LIMIT) throw new WireError("number of fields");
    return true;
  }

  /** The current field as text. */
  string(): string {
    const text = this.bytes();
    if (!isUtf8(text)) throw new WireError("UTF-8");
    return text.toString();
  }

  /** The current field as bytes; shares the memory of the message. */
  bytes(): Buffer {
    const start = this.#pass();
    return this.#bytes.subarray(start, this.#at);
  }

  /** Reads the current field as a message: `next` returns its fields in `read`. */
  message(read: () => void): void {
    const start = this.#pass();
    const outerEnd = this.#end;
    this.#end = this.#at;
    this.#at = start;
    read();
    this.#end = outerEnd;
  }

  /** The current field as int32: the low 32 bits of its varint. */
  int32(): number {
    return this.#varint() | 0;
  }

  /** The current field as bool. */
  bool(): boolean {
    return this.#varint() !== 0 || this.#high !== 0;
  }

  /** The current field as int64; exact up to 2 ** 53. */
  int64(): number {
    const low = this.#varint();
    return (this.#high | 0) * 2 ** 32 + low;
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
        this.#pass();
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

  /** Reads a length and goes past what it covers; returns where that begins. */
  #pass(): number {
    const sizeBytes = this.#varint();
    if (this.#high !== 0) throw new WireError("length");
    const start = this.#at;
    this.#advance(sizeBytes);
    return start;
  }

  #advance(sizeBytes: number): void {
    if (sizeBytes > this.#end - this.#at) throw new WireError("length");
    this.#at += sizeBytes;
  }

  /** The low 32 bits of a varint; `#high` has the upper ones. */
  #varint(): number {
    let low = 0;
    let high = 0;
    for (let count = 0; count < VARINT_BYTES; count += 1) {
      if (this.#at === this.#end) throw new WireError("varint");
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      const bits = byte & 0x7f;
      if (count < 5) low |= bits << (count * 7);
      if (count === 4) high = bits >>> 4;
      else if (count > 4) high |= bits << (count * 7 - 32);
      if (byte < 0x80) {
        this.#high = high >>> 0;
        return low >>> 0;
      }
    }
    throw new WireError("varint");
  }
}
