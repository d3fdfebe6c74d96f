/**
 * The snapshot: everything that the source holds, made from its events by one writer (`store.ts`). `apply-event.ts` makes
 * the next one. Immutable, so a reader keeps what it has.
 */
import type { Credential, CredentialKey } from "../credential/credential.ts";
import type { Overflow } from "./overflow-state.ts";
import { SortedMap } from "./sorted-map.ts";
import type { ScopeId, Undecodable } from "./sync-event.ts";

/** One object of the source, as the snapshot holds it. */
export interface SnapshotEntry {
  readonly scope: ScopeId;
  readonly uid: string;
  /** Version of the object last received, also if it could not be decoded or had the same content. */
  readonly seenVersion: string;
  /** The last good content, which is served; undefined for an object that never was good. */
  readonly credential: Credential | undefined;
  /** Set while the source holds an object under this name that cannot be decoded. */
  readonly undecodable: Undecodable | undefined;
  /** Size of the values served, in bytes. */
  readonly sizeBytes: number;
}

/** A credential in parts, as `part-sets.ts` assembled it from entries. */
export interface AssembledCredential extends Pick<SnapshotEntry, "credential" | "undecodable" | "sizeBytes"> {
  /** Every entry that is a part of it, of any set, in order. */
  readonly parts: readonly CredentialKey[];
  /** The set that the content was joined from; undefined if there is none. */
  readonly set: string | undefined;
}

/** The items of a scope since its `reset-begin`. */
export interface PendingReset {
  readonly items: SortedMap<CredentialKey, SnapshotEntry>;
  readonly sizeBytes: number;
  /** Over the limits: `items` holds sizes and versions only, to save memory. */
  readonly over: boolean;
}

/** The version at which an object left, so that a late event does not bring it back. */
export interface Departure {
  readonly scope: ScopeId;
  readonly version: string;
}

/** `--max-credentials` and `--max-bytes`. */
export interface Limits {
  readonly maxCredentials: number;
  readonly maxBytes: number;
}

/** Everything that the source holds, at one moment. */
export interface Snapshot {
  readonly entries: SortedMap<CredentialKey, SnapshotEntry>;
  /** Assembled credentials by their own key, derived from `entries`. They are served instead of an entry of that key. */
  readonly assembled: SortedMap<CredentialKey, AssembledCredential>;
  readonly sizeBytes: number;
  /** Resets in progress, by scope; nothing of them is visible. */
  readonly pending: ReadonlyMap<ScopeId, PendingReset>;
  readonly departures: SortedMap<CredentialKey, Departure>;
  /** Scopes that have been listed once. */
  readonly synced: ReadonlySet<ScopeId>;
  /** Version of each scope's last list: what it did not contain was gone by then. */
  readonly listedAt: ReadonlyMap<ScopeId, string>;
  /** Set while the source is over the limits: the entries are frozen at the last good state. */
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

/** Key to version of everything that the source holds in a scope, for comparisons. Linear time. */
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
