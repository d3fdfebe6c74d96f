/**
 * Decodes only the base64 that the API server writes: standard alphabet, padded, canonical. Node's own decoder accepts
 * foreign characters, missing padding and the URL alphabet (`YWJj!ZGVm` becomes `abcdef`), so a damaged value would be
 * served as a different one.
 */

const FOREIGN = /[^A-Za-z0-9+/]/;
/** Last characters whose unused low bits are zero: 4 unused bits after two characters, 2 after three. */
const CANONICAL_LAST_OF_2 = /[AQgw]$/;
const CANONICAL_LAST_OF_3 = /[AEIMQUYcgkosw048]$/;

/**
 * Decodes a value; undefined if the text is not canonical base64. The bytes do not come from Buffer's shared pool, where
 * `.buffer` would expose other values.
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
