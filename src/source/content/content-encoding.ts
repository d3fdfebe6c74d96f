/**
 * Values that are stored compressed (annotation `podkey.dev/content-encoding: gzip`), so that more fits into one Secret.
 * Whoever writes Secrets may write a bomb: the output is counted while it grows, over all values of the credential.
 */
import { gunzipSync } from "node:zlib";
import type { StringMap } from "../../core/credential/credential.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { SecretValue } from "../../core/credential/secret-value.ts";
import { problem } from "./problem-reasons.ts";

const ANNOTATION = "podkey.dev/content-encoding";

/** The most that the values of one credential may come to: over twice what is served in one piece. */
const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/** The values as they are meant, or the problem of the first that cannot be decoded. */
export function decodeContent(
  data: ReadonlyMap<string, SecretValue>,
  annotations: StringMap,
): ReadonlyMap<string, SecretValue> | Problem {
  const encoding = annotations[ANNOTATION];
  if (encoding === undefined || encoding === "identity") return data;
  if (encoding !== "gzip")
    return problem(
      "BAD_ENCODING",
      `Annotation ${ANNOTATION} names no encoding that podkey knows; write gzip.`,
    );
  let leftBytes = MAX_DECODED_BYTES;
  const decoded = new Map<string, SecretValue>();
  for (const [key, value] of data) {
    const bytes = gunzip(value.reveal(), leftBytes);
    if (typeof bytes === "string")
      return problem("BAD_ENCODING", `The value of key ${key} ${bytes}.`, { key });
    leftBytes -= bytes.byteLength;
    decoded.set(key, new SecretValue(bytes));
  }
  return decoded;
}

/** The bytes, or what is wrong. zlib's own error texts end here. */
function gunzip(bytes: Uint8Array, limitBytes: number): Uint8Array | string {
  try {
    // Zero is not taken as a limit; a single byte more than is left is refused below.
    const output = gunzipSync(bytes, { maxOutputLength: limitBytes + 1 });
    if (output.byteLength > limitBytes) return TOO_MUCH;
    // A buffer of its own: zlib's may be a slice of something larger.
    return output.byteLength === output.buffer.byteLength ? output : new Uint8Array(output);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
      ? TOO_MUCH
      : "is not gzip, or breaks off";
  }
}

const TOO_MUCH = `decodes to more than ${String(MAX_DECODED_BYTES / 1024 / 1024)} MiB in all`;
