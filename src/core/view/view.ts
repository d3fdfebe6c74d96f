/**
 * What one consumer may read of the snapshot, as an immutable value with its own revision. RPC reads every answer from a View: a
 * Get from the current one, all pages of a List from one, a Watch from one after another. `project.ts` makes the entries,
 * `view-fold.ts` the next view.
 */
import type { Credential, CredentialKey } from "../credential/credential.ts";
import type { SecretValue } from "../credential/secret-value.ts";
import type { SortedMap } from "../snapshot/sorted-map.ts";

/** The data before the current data, readable during the overlap (docs/lifetimes.md). One generation is kept. */
export interface Previous {
  readonly data: ReadonlyMap<string, SecretValue>;
  readonly type: string;
  /** Source version that first had this data. */
  readonly resourceVersion: string;
  /** Revision and wall-clock time at which that content was first served. */
  readonly revision: number;
  readonly observeTimeMs: number;
  /** When it was replaced, by both clocks: the overlap starts here, even if its length changes later. */
  readonly replacedMs: number;
  readonly replacedMonotonicMs: number;
  /** Wall-clock milliseconds until which it may be read, for people; the monotonic time decides. */
  readonly untilMs: number;
  readonly untilMonotonicMs: number;
}

/** A credential as one view has it. Frozen; RPC caches encoded bytes by the identity of this object. */
export interface ViewEntry {
  readonly key: CredentialKey;
  /** The projection: allowed keys only. `resourceVersion` is the version that first had this content. */
  readonly credential: Credential;
  /** View revision at which this content was first served. */
  readonly revision: number;
  /** Wall-clock milliseconds when this view first had this content. */
  readonly observeTimeMs: number;
  readonly previous: Previous | undefined;
}

/** A credential that left the view at a revision. */
export interface Tombstone {
  readonly key: CredentialKey;
  readonly uid: string;
  readonly revision: number;
}

/** One state of a consumer's view. */
export interface View {
  /** 1 at the first sync, increased by 1 with each change of the view's content. */
  readonly number: number;
  readonly entries: SortedMap<CredentialKey, ViewEntry>;
  /** Removals in ascending revision, at most TOMBSTONE_LIMIT. */
  readonly tombstones: readonly Tombstone[];
  /** A resume from a revision below this starts with a reset (COMPACTED): older removals are no longer known. */
  readonly compactedBelow: number;
}

/** One step from a view to the next. */
export interface ViewChange {
  readonly view: View;
  /** Entries that are new or have other content. */
  readonly changed: readonly CredentialKey[];
  /** The removed entries, as they were. */
  readonly removed: readonly ViewEntry[];
  /** The entries that `changed` replaced; a new key is absent. */
  readonly replaced: ReadonlyMap<CredentialKey, ViewEntry>;
}

/** The number of removals that a view keeps for resumes. */
export const TOMBSTONE_LIMIT = 1024;
