/**
 * What a method reads its request with. A request that cannot be read is a value too, the refusal: it goes the way of
 * every other request, so that it meets the same authority, token and drain checks, and is counted and audited.
 */
import { PodkeyError } from "../../core/errors/errors.ts";

/** A request, or why there is none. */
export type ReadRequest<Request> = Request | PodkeyError;

/** A decoder that throws on bytes that are no such message, as one that gives a refusal instead. */
export function requestDecoder<Request>(
  decode: (bytes: Uint8Array) => Request,
): (bytes: Uint8Array) => ReadRequest<Request> {
  return (bytes) => {
    try {
      return decode(bytes);
    } catch {
      // The decoder's own text may quote what it read.
      return badRequest("The request is no message of this method; use the client of its proto file.");
    }
  };
}

/** The request. @throws PodkeyError, the refusal, where it could not be read. */
export function requireRead<Request>(request: ReadRequest<Request>): Request {
  if (request instanceof PodkeyError) throw request;
  return request;
}

/** BAD_REQUEST with its one sentence. */
export function badRequest(message: string): PodkeyError {
  return new PodkeyError("BAD_REQUEST", message);
}
