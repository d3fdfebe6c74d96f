/**
 * The next view of a consumer, from the snapshot and the changed keys. There is a new revision exactly if the content of the
 * view changed; the keys of one event share one revision. At most one generation of previous data is kept, until the end
 * of its overlap.
 */
import type { Credential, CredentialKey } from "../credential/credential.ts";
import { sameContent, sameData } from "../credential/same-content.ts";
import type { Lifetimes } from "../credential/lifetime.ts";
import { previousForMs } from "../credential/lifetime.ts";
import type { Policy } from "../select/policy.ts";
import { allowedKeys } from "../select/policy.ts";
import { project, restrictData } from "./project.ts";
import { servedCredential, servedKeys } from "../snapshot/served.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { SortedMap } from "../snapshot/sorted-map.ts";
import type { Previous, Tombstone, View, ViewChange, ViewEntry } from "./view.ts";
import { TOMBSTONE_LIMIT } from "./view.ts";

/** Policy, overlap and time of a fold. */
export interface FoldInput {
  readonly policy: Policy;
  readonly lifetimes: Lifetimes;
  readonly nowMs: number;
  readonly wallMs: number;
}

/** The view before the first revision; never served. */
export const NO_VIEW: View = {
  number: 0,
  entries: SortedMap.empty(),
  tombstones: [],
  compactedBelow: 0,
};

/** The first revision of a view: everything that the policy shows, which may be nothing. */
export function firstView(snapshot: Snapshot, input: FoldInput): ViewChange {
  const change = foldView(NO_VIEW, snapshot, servedKeys(snapshot), input);
  return change ?? { view: { ...NO_VIEW, number: 1 }, changed: [], removed: [], replaced: new Map() };
}

/** The next revision; undefined if the content of the view did not change. */
export function foldView(
  view: View,
  snapshot: Snapshot,
  changedKeys: Iterable<CredentialKey>,
  input: FoldInput,
): ViewChange | undefined {
  const number = view.number + 1;
  const changed: CredentialKey[] = [];
  const removed: ViewEntry[] = [];
  const replaced = new Map<CredentialKey, ViewEntry>();
  let entries = view.entries;
  for (const key of changedKeys) {
    const before = view.entries.get(key);
    const now = servedCredential(snapshot, key);
    const shown = now === undefined ? undefined : project(now, input.policy);
    if (shown === undefined) {
      if (before === undefined) continue;
      removed.push(before);
      entries = entries.delete(key);
    } else if (before === undefined || !sameContent(before.credential, shown)) {
      changed.push(key);
      if (before !== undefined) replaced.set(key, before);
      entries = entries.set(key, nextEntry(key, shown, before, number, input));
    }
  }
  if (changed.length === 0 && removed.length === 0) return undefined;
  return { view: { number, entries, ...withTombstones(view, removed, number) }, changed, removed, replaced };
}

/** The view without previous data whose overlap has ended, to free memory; the same view if there is none. */
export function expirePrevious(view: View, nowMs: number): View {
  let entries = view.entries;
  for (const [key, entry] of view.entries.entries()) {
    if (entry.previous !== undefined && entry.previous.untilMonotonicMs <= nowMs)
      entries = entries.set(key, { ...entry, previous: undefined });
  }
  return entries === view.entries ? view : { ...view, entries };
}

/**
 * The view after its policy was replaced. The current content may be the same, but the previous data may have keys that the
 * current data lacks and the new policy does not allow.
 */
export function restrictPrevious(view: View, policy: Policy): View {
  let entries = view.entries;
  for (const [key, entry] of view.entries.entries()) {
    if (entry.previous === undefined) continue;
    const data = restrictData(entry.previous.data, allowedKeys(policy, entry.credential) ?? new Set());
    if (data.size < entry.previous.data.size)
      entries = entries.set(key, { ...entry, previous: { ...entry.previous, data } });
  }
  return entries === view.entries ? view : { ...view, entries };
}

function nextEntry(
  key: CredentialKey,
  credential: Credential,
  before: ViewEntry | undefined,
  revision: number,
  input: FoldInput,
): ViewEntry {
  return {
    key,
    credential,
    revision,
    observeTimeMs: input.wallMs,
    previous: nextPrevious(credential, before, input),
  };
}

/** The previous data: kept when only labels change, gone with the object, restricted by the current policy. */
function nextPrevious(
  credential: Credential,
  before: ViewEntry | undefined,
  input: FoldInput,
): Previous | undefined {
  if (before === undefined || before.credential.uid !== credential.uid) return undefined;
  const forMs = previousForMs(credential, input.lifetimes);
  if (forMs === 0) return undefined;
  const isReplaced = !sameData(before.credential.data, credential.data) && !widened(before, credential);
  const kept = isReplaced ? replacedData(before, input) : before.previous;
  if (kept === undefined) return undefined;
  const untilMonotonicMs = kept.replacedMonotonicMs + forMs;
  if (untilMonotonicMs <= input.nowMs) return undefined;
  const data = restrictData(kept.data, allowedKeys(input.policy, credential) ?? new Set());
  return { ...kept, data, untilMs: kept.replacedMs + forMs, untilMonotonicMs };
}

function replacedData({ credential, revision, observeTimeMs }: ViewEntry, input: FoldInput): Previous {
  const { data, type, resourceVersion } = credential;
  return {
    ...{ data, type, resourceVersion, revision, observeTimeMs },
    ...{ replacedMs: input.wallMs, replacedMonotonicMs: input.nowMs },
    ...{ untilMs: input.wallMs, untilMonotonicMs: input.nowMs },
  };
}

/**
 * Whether only the set of visible keys differs and every common value is the same. Then a policy was reloaded and no value
 * was replaced, so there is no previous data.
 */
function widened(before: ViewEntry, credential: Credential): boolean {
  const old = before.credential;
  if (old.resourceVersion !== credential.resourceVersion) return false;
  return [...old.data].every(([key, value]) => credential.data.get(key)?.equals(value) ?? true);
}

function withTombstones(
  view: View,
  removed: readonly ViewEntry[],
  revision: number,
): Pick<View, "tombstones" | "compactedBelow"> {
  if (removed.length === 0) return { tombstones: view.tombstones, compactedBelow: view.compactedBelow };
  const fresh = removed.map((entry): Tombstone => ({ key: entry.key, uid: entry.credential.uid, revision }));
  const all = [...view.tombstones, ...fresh];
  const cut = all.length - TOMBSTONE_LIMIT;
  if (cut <= 0) return { tombstones: all, compactedBelow: view.compactedBelow };
  // A client at the revision of the last dropped removal has received it; an earlier client may not have.
  return { tombstones: all.slice(cut), compactedBelow: all[cut - 1]?.revision ?? view.compactedBelow };
}
