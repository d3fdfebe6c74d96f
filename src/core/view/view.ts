/**
 * What one consumer may see of the snapshot, as an immutable value with a revision of its own. Everything RPC
 * answers is read from a View: a Get from the current one, the pages of a List from one, a Watch from one after
 * the other. `core/project.ts` makes the entries, `core/view-fold.ts` the next view.
 */
import type { Credential, CredentialKey } from "../credential/credential.ts";
import type { SecretValue } from "../credential/secret-value.ts";
import type { SortedMap } from "../snapshot/sorted-map.ts";

/** The data before the current data, readable for the overlap (contract section 1: one generation). */
export interface Previous {
  readonly data: ReadonlyMap<string, SecretValue>;
  readonly type: string;
  /** Source version in which that data came. */
  readonly resourceVersion: string;
  /** Revision and wall-clock time at which that content was first served. */
  readonly revision: number;
  readonly observeTimeMs: number;
  /** When it was replaced, by both clocks: the overlap begins here, however often its length is changed. */
  readonly replacedMs: number;
  readonly replacedMonotonicMs: number;
  /** Wall-clock milliseconds until which it may be read, for people; the monotonic moment decides. */
  readonly untilMs: number;
  readonly untilMonotonicMs: number;
}

/** A credential as one view has it. Frozen; RPC memoises encoded bytes by this object's identity. */
export interface ViewEntry {
  readonly key: CredentialKey;
  /** The projection: allowed keys only. `resourceVersion` is of the version in which this content came. */
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
  /** 1 at the first sync, +1 for each change of the view's content. */
  readonly number: number;
  readonly entries: SortedMap<CredentialKey, ViewEntry>;
  /** Removals in ascending revision, at most TOMBSTONE_LIMIT. */
  readonly tombstones: readonly Tombstone[];
  /** A resume from a revision below this has to start over (COMPACTED): removals before it are forgotten. */
  readonly compactedBelow: number;
}

/** One step from a view to the next. */
export interface ViewChange {
  readonly view: View;
  /** Entries that are new or have other content. */
  readonly changed: readonly CredentialKey[];
  /** What the view had and has no more, as it was. */
  readonly removed: readonly ViewEntry[];
  /** The entries that `changed` replaced; a key that was new is absent. */
  readonly replaced: ReadonlyMap<CredentialKey, ViewEntry>;
}

/** How many removals a view remembers for resumes. */
export const TOMBSTONE_LIMIT = 1024;
