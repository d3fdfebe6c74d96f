/**
 * What of the snapshot is served: every entry that is not a part of another credential, and every assembled credential.
 * Code that shows, counts or projects credentials uses this file; code that compares with the source uses `entries`.
 */
import type { Credential, CredentialKey } from "../credential/credential.ts";
import type { Snapshot, SnapshotEntry } from "./snapshot.ts";

/** A credential as it is served, or why there is none under this name. */
export type ServedEntry = Pick<SnapshotEntry, "credential" | "undecodable" | "sizeBytes">;

/** The credential that is served under this key, if there is one. */
export function servedCredential(snapshot: Snapshot, key: CredentialKey): Credential | undefined {
  return servedEntry(snapshot, key)?.credential;
}

/** The entry under this key, served or not. */
export function servedEntry(snapshot: Snapshot, key: CredentialKey): ServedEntry | undefined {
  const assembled = snapshot.assembled.get(key);
  if (assembled !== undefined) return assembled;
  const entry = snapshot.entries.get(key);
  return entry?.credential?.part === undefined ? entry : undefined;
}

/** Everything that is served or cannot be served; entries first, then assembled credentials. */
export function* servedEntries(snapshot: Snapshot): Generator<readonly [CredentialKey, ServedEntry]> {
  for (const [key, entry] of snapshot.entries.entries())
    if (entry.credential?.part === undefined && snapshot.assembled.get(key) === undefined) yield [key, entry];
  yield* snapshot.assembled.entries();
}

/** How many credentials are served. */
export function countServed(snapshot: Snapshot): number {
  let count = 0;
  for (const [, { credential }] of servedEntries(snapshot)) if (credential !== undefined) count += 1;
  return count;
}

/** Every key under which something may be served. */
export function* servedKeys(snapshot: Snapshot): Generator<CredentialKey> {
  for (const [key] of servedEntries(snapshot)) yield key;
}
