/**
 * Decompresses values stored with the annotation `podkey.dev/content-encoding: gzip`, which lets more fit into one
 * Secret. The output of all values of a credential is limited, because a small value can decompress to gigabytes.
 */
import { gunzipSync } from "node:zlib";
import type { StringMap } from "../../core/credential/credential.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { SecretValue } from "../../core/credential/secret-value.ts";
import { problem } from "./problem-reasons.ts";

const ANNOTATION = "podkey.dev/content-encoding";

/** Limit for all values of one credential together. More than twice the 3 MiB that one answer can hold. */
const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/** The decoded values, or the problem of the first value that cannot be decoded. */
export function decodeContent(
  data: ReadonlyMap<string, SecretValue>,
  annotations: StringMap,
): ReadonlyMap<string, SecretValue> | Problem {
  const encoding = annotations[ANNOTATION];
  if (encoding === undefined || encoding === "identity") return data;
  if (encoding !== "gzip")
    return problem(
      "BAD_ENCODING",
      `Annotation ${ANNOTATION} names an unknown encoding; write gzip or identity.`,
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

/** The bytes, or the end of the sentence that says what is wrong. zlib's own error texts are dropped. */
function gunzip(bytes: Uint8Array, limitBytes: number): Uint8Array | string {
  try {
    // zlib does not accept a limit of 0, so one byte more is allowed here and refused below.
    const output = gunzipSync(bytes, { maxOutputLength: limitBytes + 1 });
    if (output.byteLength > limitBytes) return TOO_MUCH;
    // Copied if zlib returned a slice of a larger buffer, which would stay in memory.
    return output.byteLength === output.buffer.byteLength ? output : new Uint8Array(output);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
      ? TOO_MUCH
      : "is not gzip or is truncated";
  }
}

const TOO_MUCH = `decodes to more than ${String(MAX_DECODED_BYTES / 1024 / 1024)} MiB in all`;
