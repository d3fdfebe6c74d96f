/** Limits a log field whose length a client or a Secret decides, so that one line cannot fill the log. */

const LIMIT_BYTES = 1024;

/** The text, or its first 1 KB with its true length in bytes. */
export function cutField(text: string): string {
  // A character has at most 3 bytes per UTF-16 unit, so short texts need no encoding.
  if (text.length * 3 <= LIMIT_BYTES) return text;
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= LIMIT_BYTES) return text;
  // A character that the cut splits becomes U+FFFD.
  const start = Buffer.from(text.slice(0, LIMIT_BYTES))
    .subarray(0, LIMIT_BYTES)
    .toString()
    .replace(/\uFFFD$/, "");
  return `${start}… (${String(sizeBytes)} bytes)`;
}
