/**
 * What of the snapshot is served: every entry that is no part of something larger, and every credential in parts as one.
 * Whoever shows, counts or projects credentials asks here; who compares with the source asks `entries`.
 */
import type { Credential, CredentialKey } from "../credential/credential.ts";
import type { Snapshot, SnapshotEntry } from "./snapshot.ts";

/** One credential as it is served, or why there is none under this name. */
export type ServedEntry = Pick<SnapshotEntry, "credential" | "undecodable" | "sizeBytes">;

/** The credential that is served under this key; undefined: none. */
export function servedCredential(snapshot: Snapshot, key: CredentialKey): Credential | undefined {
  return servedEntry(snapshot, key)?.credential;
}

/** What stands under this key, served or not. */
export function servedEntry(snapshot: Snapshot, key: CredentialKey): ServedEntry | undefined {
  const whole = snapshot.assembled.get(key);
  if (whole !== undefined) return whole;
  const entry = snapshot.entries.get(key);
  return entry?.credential?.part === undefined ? entry : undefined;
}

/** Everything that is served, or has a name and cannot be; entries first, then credentials in parts. */
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
