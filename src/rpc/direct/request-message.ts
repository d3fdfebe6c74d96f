/** The one message of a unary request, out of its body. */
import { badRequest } from "../request/request-decoder.ts";
import type { ReadRequest } from "../request/request-decoder.ts";

const PREFIX_BYTES = 5;

/** The message's bytes, or the refusal where the body is not exactly one plain message. */
export function requestMessage(body: Buffer | undefined): ReadRequest<Buffer> {
  if (body === undefined || body.byteLength < PREFIX_BYTES)
    return badRequest("The request holds no message; use the client of its proto file.");
  if (body[0] !== 0)
    return badRequest("The request is compressed and its headers do not say how; send it plain.");
  const sizeBytes = body.readUInt32BE(1);
  if (body.byteLength !== PREFIX_BYTES + sizeBytes)
    return badRequest("The request is not exactly one message; use the client of its proto file.");
  return body.subarray(PREFIX_BYTES);
}
