/** The one message of a unary request, out of its body. */

const PREFIX_BYTES = 5;

/** The message's bytes, or a sentence for the status where the body is not exactly one plain message. */
export function requestMessage(body: Buffer | undefined): Buffer | string {
  if (body === undefined || body.byteLength < PREFIX_BYTES)
    return "The request holds no message; use the client of its proto file.";
  if (body[0] !== 0) return "The request is compressed and its headers do not say how; send it plain.";
  const sizeBytes = body.readUInt32BE(1);
  if (body.byteLength !== PREFIX_BYTES + sizeBytes)
    return "The request is not exactly one message; use the client of its proto file.";
  return body.subarray(PREFIX_BYTES);
}
