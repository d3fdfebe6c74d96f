/**
 * Opaque tokens for pages and resumes. Layout: kind, length and bytes of the epoch, payload, HMAC-SHA256 cut to 16 bytes,
 * 4 bytes of plain SHA-256 over all of it; then base64url. The HMAC key is random for each process. The plain checksum
 * distinguishes a token of another process, whose HMAC cannot be checked, from garbage: each has its own error.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What a token is for. A token of one kind is not accepted as the other. */
export type TokenKind = "page" | "resume";

/** The payload of a token, or why it has none. */
export type Opened =
  | { readonly kind: "ours"; readonly payload: Buffer }
  /** Issued by podkey, but by another process or for another consumer. */
  | { readonly kind: "foreign" }
  | { readonly kind: "garbage" };

const KIND_BYTE: Readonly<Record<TokenKind, number>> = { page: 0xb1, resume: 0xb2 };
const MAC_BYTES = 16;
const SUM_BYTES = 4;
/** In characters. A longer token is garbage. */
const TOKEN_LIMIT = 4096;

/** Seals and opens the tokens of one consumer in one process. */
export class TokenSeal {
  readonly #key: Buffer;
  readonly #epoch: Buffer;

  /** @param deps.key random for each process; `epoch` is the one of this process and consumer. */
  constructor(deps: { readonly key: Buffer; readonly epoch: string }) {
    this.#key = deps.key;
    this.#epoch = Buffer.from(deps.epoch).subarray(0, 255);
  }

  /** A token of this payload. */
  seal(kind: TokenKind, payload: Buffer): string {
    const body = Buffer.concat([Buffer.from([KIND_BYTE[kind], this.#epoch.length]), this.#epoch, payload]);
    const sealed = Buffer.concat([body, this.#mac(body)]);
    return Buffer.concat([sealed, sum(sealed)]).toString("base64url");
  }

  /** The payload of a token. Never throws. */
  open(kind: TokenKind, token: string): Opened {
    const bytes = token.length <= TOKEN_LIMIT ? Buffer.from(token, "base64url") : Buffer.alloc(0);
    // Node skips characters that are not base64url. A token with such a character was modified.
    if (bytes.toString("base64url") !== token) return { kind: "garbage" };
    const epochBytes = bytes[1] ?? 0;
    const sumAt = bytes.length - SUM_BYTES;
    const macAt = sumAt - MAC_BYTES;
    const payloadAt = 2 + epochBytes;
    if (bytes[0] !== KIND_BYTE[kind] || macAt < payloadAt) return { kind: "garbage" };
    if (!sum(bytes.subarray(0, sumAt)).equals(bytes.subarray(sumAt))) return { kind: "garbage" };
    if (!bytes.subarray(2, payloadAt).equals(this.#epoch)) return { kind: "foreign" };
    if (!timingSafeEqual(this.#mac(bytes.subarray(0, macAt)), bytes.subarray(macAt, sumAt)))
      return { kind: "garbage" };
    return { kind: "ours", payload: bytes.subarray(payloadAt, macAt) };
  }

  #mac(body: Buffer): Buffer {
    return createHmac("sha256", this.#key).update(body).digest().subarray(0, MAC_BYTES);
  }
}

function sum(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest().subarray(0, SUM_BYTES);
}
