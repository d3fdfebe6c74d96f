/**
 * Wraps a decoder so that it returns an error instead of throwing one. A request that cannot be decoded then passes the
 * same authority, token and drain checks as any other request, and is counted and audited.
 */
import { PodkeyError } from "../../core/errors/errors.ts";

/** A request, or the error to answer it with. */
export type ReadRequest<Request> = Request | PodkeyError;

/** Turns a decoder that throws into one that returns the error: BAD_REQUEST for malformed bytes. */
export function requestDecoder<Request>(
  decode: (bytes: Uint8Array) => Request,
): (bytes: Uint8Array) => ReadRequest<Request> {
  return (bytes) => {
    try {
      return decode(bytes);
    } catch (thrown) {
      if (thrown instanceof PodkeyError) return thrown;
      // The decoder's own message may quote the request.
      return badRequest(
        "The request is not a valid message of this method; use a client made from its proto file.",
      );
    }
  };
}

/** The request. @throws the PodkeyError that stands in its place. */
export function requireRead<Request>(request: ReadRequest<Request>): Request {
  if (request instanceof PodkeyError) throw request;
  return request;
}

/** An error with the reason BAD_REQUEST. */
export function badRequest(message: string): PodkeyError {
  return new PodkeyError("BAD_REQUEST", message);
}
