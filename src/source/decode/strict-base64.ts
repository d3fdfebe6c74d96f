/**
 * Base64 as the API server writes it and nothing else: standard alphabet, padded, canonical. Node's own decoder
 * takes garbage, missing padding and the url alphabet in silence (`YWJj!ZGVm` becomes `abcdef`), so a damaged
 * value would be served as another one.
 */

const FOREIGN = /[^A-Za-z0-9+/]/;
/** Last characters whose unused low bits are zero: with two characters 4 bits, with three 2 bits are unused. */
const CANONICAL_LAST_OF_2 = /[AQgw]$/;
const CANONICAL_LAST_OF_3 = /[AEIMQUYcgkosw048]$/;

/**
 * Decodes a value; undefined where the text is not canonical base64. No copy of the text is made, and the bytes have
 * a buffer of their own: not Buffer's shared pool, where `.buffer` would show the neighbours.
 */
export function decodeStrictBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const body = padding === 0 ? text : text.slice(0, -padding);
  if (FOREIGN.test(body)) return undefined;
  if (padding === 2 && !CANONICAL_LAST_OF_2.test(body.slice(-1))) return undefined;
  if (padding === 1 && !CANONICAL_LAST_OF_3.test(body.slice(-1))) return undefined;
  const bytes = Buffer.allocUnsafeSlow((text.length / 4) * 3 - padding);
  bytes.write(text, "base64");
  return bytes;
}
