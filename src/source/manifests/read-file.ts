/**
 * Reads the Secrets of one manifest file, or why it cannot be used. Pure, and its result consists of plain values:
 * file-reader.ts calls it in this thread for small files and in a worker thread for large ones.
 */
import type { ManifestFault } from "./parse-file.ts";
import { parseFile } from "./parse-file.ts";
import type { SecretManifest } from "./read-secret.ts";
import { readSecret } from "./read-secret.ts";

/** Larger files are not read. An API server accepts at most 1 MiB of values in a Secret. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Lines, brackets and separators of a file. They cost time and memory; long values cost hardly any. Must be refused before
 * parsing: a worker thread that exceeds its heap can end the whole process.
 */
const MAX_STRUCTURE = 300_000;
const STRUCTURE = Uint8Array.from({ length: 256 }, (_, byte) =>
  "\n\r,:-?{}[]".includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** How many lines, brackets and separators a text has. */
export function structureOf(bytes: Uint8Array): number {
  let structure = 0;
  for (let index = 0; index < bytes.byteLength; index += 1) structure += STRUCTURE[bytes[index] ?? 0] ?? 0;
  return structure;
}

/** The Secrets in the order of the file, or a fault. */
export function readFile(
  bytes: Uint8Array,
  defaultNamespace: string,
): readonly SecretManifest[] | ManifestFault {
  if (structureOf(bytes) > MAX_STRUCTURE) {
    const why = `the file has more than ${String(MAX_STRUCTURE)} lines, brackets and separators; split it`;
    return { line: 1, why };
  }
  const objects = parseFile(bytes);
  if ("why" in objects) return objects;
  const secrets: SecretManifest[] = [];
  const budget = { characters: MAX_FILE_BYTES };
  for (const object of objects) {
    const secret = readSecret(object, defaultNamespace, budget);
    if (secret === undefined) continue;
    if ("why" in secret) return secret;
    secrets.push(secret);
  }
  return secrets;
}
