/**
 * Splits a credential into parts as described in docs/lifetimes.md, and makes part sets for tests of how podkey joins them.
 */
import { createHash } from "node:crypto";
import type { Credential } from "../../../src/core/credential/credential.ts";
import type { CredentialFields } from "./credentials.ts";
import { credential } from "./credentials.ts";

/** SHA-256 of the joined keys and bytes (docs/lifetimes.md, "Credentials in parts"). */
export function wholeHash(data: Readonly<Record<string, string | Uint8Array>>): string {
  const hash = createHash("sha256");
  for (const key of Object.keys(data).sort()) {
    const bytes = Buffer.from(data[key] ?? "");
    hash.update(`${key}\0${String(bytes.byteLength)}\0`).update(bytes);
  }
  return hash.digest("hex");
}

/** Parts `NAME-0`, `NAME-1`, … of one credential; each element of `pieces` is the data of one part. */
export function partsOf(
  name: string,
  pieces: readonly Readonly<Record<string, string>>[],
  sha256: string,
  fields: CredentialFields = {},
): readonly Credential[] {
  return pieces.map((data, index) =>
    credential(`${name}-${String(index)}`, {
      ...fields,
      data,
      part: { of: name, index, count: pieces.length, sha256 },
    }),
  );
}
