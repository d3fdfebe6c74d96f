/**
 * The snapshot: everything the source holds, folded from its events by one writer (`store.ts`). This file is the
 * value and its questions; `apply-event.ts` makes the next one. Immutable, so a reader keeps what it has.
 */
import type { Credential, CredentialKey } from "../credential/credential.ts";
import type { Overflow } from "./overflow-state.ts";
import { SortedMap } from "./sorted-map.ts";
import type { ScopeId, Undecodable } from "./sync-event.ts";

/** One object of the source, as the snapshot holds it. */
export interface SnapshotEntry {
  readonly scope: ScopeId;
  readonly uid: string;
  /** Version of the object last seen, also of one that could not be decoded or whose content was equal. */
  readonly seenVersion: string;
  /** What is served: the last good content; undefined for an object that never was good. */
  readonly credential: Credential | undefined;
  /** Set while the source holds something undecodable under this name. */
  readonly undecodable: Undecodable | undefined;
  /** Size of the values served, in bytes. */
  readonly sizeBytes: number;
}

/** A credential in parts: what `part-sets.ts` made of the entries that say they belong to it. */
export interface AssembledCredential extends Pick<SnapshotEntry, "credential" | "undecodable" | "sizeBytes"> {
  /** Every entry that is a part of it, of whatever set, in order. */
  readonly parts: readonly CredentialKey[];
  /** Which set the content was joined from; undefined where there is none. */
  readonly set: string | undefined;
}

/** What a scope has sent since its `reset-begin`. */
export interface PendingReset {
  readonly items: SortedMap<CredentialKey, SnapshotEntry>;
  readonly sizeBytes: number;
  /** Over the limits already: contents were dropped to save memory, `items` holds sizes and versions only. */
  readonly over: boolean;
}

/** The version at which an object left; keeps a late event of it from bringing it back. */
export interface Departure {
  readonly scope: ScopeId;
  readonly version: string;
}

/** How much may be held (`--max-credentials`, `--max-bytes`). */
export interface Limits {
  readonly maxCredentials: number;
  readonly maxBytes: number;
}

/** Everything the source holds, at one moment. */
export interface Snapshot {
  readonly entries: SortedMap<CredentialKey, SnapshotEntry>;
  /** Credentials in parts, by their own key. Derived from `entries`; what stands here is served instead of an entry. */
  readonly assembled: SortedMap<CredentialKey, AssembledCredential>;
  readonly sizeBytes: number;
  /** Resets under way, by scope; nothing of them is visible. */
  readonly pending: ReadonlyMap<ScopeId, PendingReset>;
  readonly departures: SortedMap<CredentialKey, Departure>;
  /** Scopes that have been listed completely once. */
  readonly synced: ReadonlySet<ScopeId>;
  /** Where each scope's last list was cut: what it did not hold was gone by then. */
  readonly listedAt: ReadonlyMap<ScopeId, string>;
  /** Set while the source holds more than the limits allow: the entries stand still at the last good state. */
  readonly overflow: Overflow | undefined;
}

/** A snapshot before the first event. */
export const EMPTY_SNAPSHOT: Snapshot = {
  entries: SortedMap.empty(),
  assembled: SortedMap.empty(),
  sizeBytes: 0,
  pending: new Map(),
  departures: SortedMap.empty(),
  synced: new Set(),
  listedAt: new Map(),
  overflow: undefined,
};

/** Key to version of everything the source holds in a scope, for proofs and anti-entropy; linear. */
export function heldVersions(snapshot: Snapshot, scope: ScopeId): ReadonlyMap<CredentialKey, string> {
  const held = new Map<CredentialKey, string>();
  if (snapshot.overflow === undefined) {
    for (const [key, entry] of snapshot.entries.entries())
      if (entry.scope === scope) held.set(key, entry.seenVersion);
  } else {
    for (const [key, shadow] of snapshot.overflow.shadows.entries())
      if (shadow.scope === scope) held.set(key, shadow.version);
  }
  return held;
}
