/**
 * Outgoing messages as lists of byte parts that exist already (an encoded credential, a revision, a freshness). They are
 * joined only when grpc-js asks for the message. grpc-js copies the result into a frame at once (`serializeMessage`), so
 * the parts are joined in one scratch buffer, and a small answer allocates nothing of its size.
 */

/** A message as parts whose concatenation is its encoding. The parts are shared and must not be written to. */
export type Reply = readonly Uint8Array[];

/** A larger answer gets its own buffer, so that the scratch buffer stays small and keeps no large value. */
const SCRATCH_BYTES = 64 * 1024;

const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/** Size of a reply, in bytes. */
export function replySizeBytes(reply: Reply): number {
  let sum = 0;
  for (const part of reply) sum += part.byteLength;
  return sum;
}

/** The bytes of a reply, valid until the next call. grpc-js (`responseSerialize`) copies them before other code runs. */
export function serializeReply(reply: Reply): Buffer {
  const only = reply.length === 1 ? reply[0] : undefined;
  if (Buffer.isBuffer(only)) return only;
  const sizeBytes = replySizeBytes(reply);
  const target = sizeBytes <= SCRATCH_BYTES ? scratch : Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for (const part of reply) {
    target.set(part, at);
    at += part.byteLength;
  }
  return target.subarray(0, sizeBytes);
}

/** Tag and length of a length-delimited field, without its content. */
export function fieldHeader(tag: number, sizeBytes: number): Buffer {
  const header = Buffer.allocUnsafe(1 + varintSizeBytes(sizeBytes));
  header[0] = tag;
  let rest = sizeBytes;
  let at = 1;
  while (rest > 0x7f) {
    header[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    at += 1;
  }
  header[at] = rest;
  return header;
}

/** Size in bytes of a number of at most 32 bits as a varint. */
export function varintSizeBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}
