/**
 * The end of a complete list: the scope is replaced at once. A list counts for everything up to its own version. What a
 * watch delivered after that version stays, so a list may run while the old watch still delivers.
 */
import type { Applied } from "./applied.ts";
import type { CredentialKey } from "../credential/credential.ts";
import type { Overflow, Shadow } from "./overflow-state.ts";
import { exceeds, isOver, freeze, startOverflow, withScope } from "./overflow.ts";
import { isNewer } from "../credential/resource-version.ts";
import type { Limits, PendingReset, Snapshot, SnapshotEntry } from "./snapshot.ts";
import { SortedMap } from "./sorted-map.ts";
import type { ScopeId } from "./sync-event.ts";

/** The fields of `reset-end`. */
export interface ResetEnd {
  readonly scope: ScopeId;
  readonly resourceVersion: string;
  readonly rewound: boolean;
}

/** The snapshot after the list; without a `reset-begin` before it, the same snapshot. */
export function endReset(snapshot: Snapshot, end: ResetEnd, limits: Limits): Applied {
  const reset = snapshot.pending.get(end.scope);
  if (reset === undefined) return { snapshot, changedKeys: [], dropped: undefined, relist: [] };
  const pending = new Map(snapshot.pending);
  pending.delete(end.scope);
  const base: Snapshot = { ...snapshot, pending };
  const replaced = replaceScope(base, reset, end);
  const overflow = nextOverflow(base, reset, end.scope, limits, replaced);
  if (overflow?.waiting.has(end.scope) === true)
    return { snapshot: { ...base, overflow }, changedKeys: [], dropped: undefined, relist: [] };
  return {
    snapshot: {
      ...base,
      entries: replaced.entries,
      sizeBytes: replaced.sizeBytes,
      departures: end.rewound ? SortedMap.empty() : base.departures,
      synced: new Set([...base.synced, end.scope]),
      listedAt: new Map(base.listedAt).set(end.scope, end.resourceVersion),
      overflow,
    },
    changedKeys: replaced.changedKeys,
    dropped: undefined,
    relist: [],
  };
}

/** The overflow after this list: none if everything fits, else with the sizes of this scope and the frozen scopes. */
function nextOverflow(
  base: Snapshot,
  reset: PendingReset,
  scope: ScopeId,
  limits: Limits,
  replaced: Replaced,
): Overflow | undefined {
  const within = !reset.over && !exceeds(limits, replaced.entries.size, replaced.sizeBytes);
  if (base.overflow === undefined && within) return undefined;
  const listed = withScope(base.overflow ?? startOverflow(base, [scope]), scope, shadowsOf(reset));
  if (reset.over || isOver(listed, limits)) return freeze(listed, base, scope);
  const waiting = new Set(listed.waiting);
  waiting.delete(scope);
  return waiting.size === 0 ? undefined : { ...listed, waiting };
}

function* shadowsOf(reset: PendingReset): Generator<readonly [CredentialKey, Shadow]> {
  for (const [key, entry] of reset.items.entries())
    yield [key, { scope: entry.scope, version: entry.seenVersion, sizeBytes: entry.sizeBytes }];
}

interface Replaced {
  readonly entries: SortedMap<CredentialKey, SnapshotEntry>;
  readonly sizeBytes: number;
  readonly changedKeys: readonly CredentialKey[];
}

function replaceScope(snapshot: Snapshot, reset: PendingReset, end: ResetEnd): Replaced {
  const changedKeys: CredentialKey[] = [];
  const next = new Map<CredentialKey, SnapshotEntry>();
  let sizeBytes = 0;
  const isAfterList = (version: string): boolean => !end.rewound && isNewer(version, end.resourceVersion);
  for (const [key, entry] of snapshot.entries.entries()) {
    const stays = entry.scope !== end.scope || isAfterList(entry.seenVersion);
    if (stays) next.set(key, entry);
    else if (reset.items.get(key) === undefined) changedKeys.push(key);
  }
  for (const [key, entry] of reset.items.entries()) {
    const left = snapshot.departures.get(key);
    if (next.has(key) || (left !== undefined && isAfterList(left.version))) continue;
    next.set(key, entry);
    changedKeys.push(key);
  }
  for (const entry of next.values()) sizeBytes += entry.sizeBytes;
  return { entries: SortedMap.from(next), sizeBytes, changedKeys };
}
