/**
 * The pure fold: a snapshot and one event of the source make the next snapshot. Only `store.ts` calls it. No event takes a
 * credential back in time (the version rule). A list counts for everything up to its own version and nothing after it.
 * Over the limits nothing is truncated.
 */
import { toSnapshotEntry } from "./to-snapshot-entry.ts";
import type { Applied, DropReason } from "./applied.ts";
import type { Credential, CredentialKey } from "../credential/credential.ts";
import { credentialKey } from "../credential/credential.ts";
import { endReset } from "./end-reset.ts";
import { exceeds, isOver, freeze, startOverflow, withShadow } from "./overflow.ts";
import type { Departure, Limits, PendingReset, Snapshot, SnapshotEntry } from "./snapshot.ts";
import { SortedMap } from "./sorted-map.ts";
import { compareVersions, isNewer } from "../credential/resource-version.ts";
import type { Gone, ScopeId, SyncEvent, Undecodable } from "./sync-event.ts";

/** Departures kept before the older half is dropped; far more than the overlap of two watches can bring back. */
const DEPARTURE_LIMIT = 4096;

const NOTHING: readonly never[] = [];

/** The next snapshot. Events about freshness only (proof, contact, trouble) do not change it. */
export function applyEvent(snapshot: Snapshot, event: SyncEvent, limits: Limits): Applied {
  switch (event.kind) {
    case "reset-begin":
      return unchanged(
        withPending(snapshot, event.scope, { items: SortedMap.empty(), sizeBytes: 0, over: false }),
      );
    case "reset-item":
      return unchanged(addPending(snapshot, event.scope, event.item, limits));
    case "reset-abort":
      return unchanged(withPending(snapshot, event.scope, undefined));
    case "reset-end":
      return endReset(snapshot, event, limits);
    case "put":
      return put(snapshot, event.scope, event.item, limits);
    case "remove":
      return remove(snapshot, event.scope, event.gone, limits);
    case "proof":
    case "contact":
    case "trouble":
      return unchanged(snapshot);
  }
}

function unchanged(snapshot: Snapshot, dropped?: DropReason): Applied {
  return { snapshot, changedKeys: NOTHING, dropped, relist: NOTHING };
}

/** The snapshot with the items of a reset so far; undefined: no reset is in progress. */
function withPending(snapshot: Snapshot, scope: ScopeId, reset: PendingReset | undefined): Snapshot {
  const pending = new Map(snapshot.pending);
  if (reset === undefined) pending.delete(scope);
  else pending.set(scope, reset);
  return { ...snapshot, pending };
}

function addPending(
  snapshot: Snapshot,
  scope: ScopeId,
  item: Credential | Undecodable,
  limits: Limits,
): Snapshot {
  const pending = snapshot.pending.get(scope);
  // An item outside a reset is a bug in the source; accepting it would invent a complete list.
  if (pending === undefined) return snapshot;
  const key = credentialKey(item.namespace, item.name);
  const entry = toSnapshotEntry(scope, item, snapshot.entries.get(key));
  const sizeBytes = pending.sizeBytes + entry.sizeBytes;
  const over = pending.over || exceeds(limits, pending.items.size + 1, sizeBytes);
  const items = over && !pending.over ? withoutContents(pending.items) : pending.items;
  return withPending(snapshot, scope, {
    items: items.set(key, over ? hollow(entry) : entry),
    sizeBytes,
    over,
  });
}

function withoutContents(
  items: SortedMap<CredentialKey, SnapshotEntry>,
): SortedMap<CredentialKey, SnapshotEntry> {
  return SortedMap.from([...items.entries()].map(([key, entry]) => [key, hollow(entry)] as const));
}

function hollow(entry: SnapshotEntry): SnapshotEntry {
  return { ...entry, credential: undefined };
}

function put(snapshot: Snapshot, scope: ScopeId, item: Credential | Undecodable, limits: Limits): Applied {
  const key = credentialKey(item.namespace, item.name);
  const known = snapshot.entries.get(key);
  const dropped = putDropReason(snapshot, scope, key, item);
  if (dropped !== undefined) return unchanged(snapshot, dropped);
  const entry = toSnapshotEntry(scope, item, known);
  const sizeBytes = snapshot.sizeBytes - (known?.sizeBytes ?? 0) + entry.sizeBytes;
  const count = snapshot.entries.size + (known === undefined ? 1 : 0);
  if (snapshot.overflow === undefined && !exceeds(limits, count, sizeBytes))
    return changed({ ...snapshot, entries: snapshot.entries.set(key, entry), sizeBytes }, key);
  const shadow = { scope, version: entry.seenVersion, sizeBytes: entry.sizeBytes };
  const overflow = withShadow(snapshot.overflow ?? startOverflow(snapshot, [scope]), key, shadow);
  if (isOver(overflow, limits))
    return unchanged({ ...snapshot, overflow: freeze(overflow, snapshot, scope) });
  if (overflow.waiting.has(scope)) return requestLists({ ...snapshot, overflow });
  return changed({ ...snapshot, overflow, entries: snapshot.entries.set(key, entry), sizeBytes }, key);
}

function remove(snapshot: Snapshot, scope: ScopeId, gone: Gone, limits: Limits): Applied {
  const key = credentialKey(gone.namespace, gone.name);
  const dropped = removeDropReason(snapshot, key, gone);
  const departures = withDeparture(snapshot, key, { scope, version: gone.resourceVersion });
  // An unknown one is kept too: with two overlapping watches a stale put may arrive after the delete.
  if (dropped !== undefined)
    return unchanged(dropped === "unknown" ? { ...snapshot, departures } : snapshot, dropped);
  const overflow =
    snapshot.overflow === undefined ? undefined : withShadow(snapshot.overflow, key, undefined);
  if (overflow?.waiting.has(scope) === true) {
    const next = { ...snapshot, departures, overflow };
    return isOver(overflow, limits) ? unchanged(next) : requestLists(next);
  }
  const sizeBytes = snapshot.sizeBytes - (snapshot.entries.get(key)?.sizeBytes ?? 0);
  return changed(
    { ...snapshot, departures, overflow, entries: snapshot.entries.delete(key), sizeBytes },
    key,
  );
}

function changed(snapshot: Snapshot, key: CredentialKey): Applied {
  return { snapshot, changedKeys: [key], dropped: undefined, relist: NOTHING };
}

/** Requests a list of every frozen scope, once per overflow. */
function requestLists(snapshot: Snapshot): Applied {
  const { overflow } = snapshot;
  if (overflow === undefined || overflow.asked) return unchanged(snapshot);
  const asked = { ...snapshot, overflow: { ...overflow, asked: true } };
  return { snapshot: asked, changedKeys: NOTHING, dropped: undefined, relist: [...overflow.waiting] };
}

function putDropReason(
  snapshot: Snapshot,
  scope: ScopeId,
  key: CredentialKey,
  item: Credential | Undecodable,
): DropReason | undefined {
  const known = versionOf(snapshot, key);
  const seen = known ?? goneAt(snapshot, scope, key);
  if (seen === undefined) return undefined;
  const order = compareVersions(item.resourceVersion, seen);
  // Versions that cannot be compared: the order of arrival decides.
  if (order === undefined || order > 0) return undefined;
  return order === 0 && known !== undefined ? "duplicate" : "stale";
}

/** The latest version at which this name is known to be absent: by its removal, or by a list without it. */
function goneAt(snapshot: Snapshot, scope: ScopeId, key: CredentialKey): string | undefined {
  const left = snapshot.departures.get(key)?.version;
  const listed = snapshot.listedAt.get(scope);
  if (left === undefined || listed === undefined) return left ?? listed;
  return isNewer(listed, left) ? listed : left;
}

function removeDropReason(snapshot: Snapshot, key: CredentialKey, gone: Gone): DropReason | undefined {
  const version = versionOf(snapshot, key);
  if (version === undefined) return "unknown";
  const uid = snapshot.overflow === undefined ? snapshot.entries.get(key)?.uid : undefined;
  if (uid !== undefined && uid !== "" && gone.uid !== "" && uid !== gone.uid) return "other_uid";
  const order = compareVersions(gone.resourceVersion, version);
  return order !== undefined && order < 0 ? "stale" : undefined;
}

function versionOf(snapshot: Snapshot, key: CredentialKey): string | undefined {
  return snapshot.overflow === undefined
    ? snapshot.entries.get(key)?.seenVersion
    : snapshot.overflow.shadows.get(key)?.version;
}

function withDeparture(snapshot: Snapshot, key: CredentialKey, departure: Departure): Snapshot["departures"] {
  const before = snapshot.departures.get(key);
  const isOlder = before !== undefined && (compareVersions(departure.version, before.version) ?? 1) < 0;
  const departures = isOlder ? snapshot.departures : snapshot.departures.set(key, departure);
  if (departures.size <= DEPARTURE_LIMIT) return departures;
  const byVersion = [...departures.entries()].sort(
    ([, a], [, b]) => compareVersions(a.version, b.version) ?? 0,
  );
  return SortedMap.from(byVersion.slice(byVersion.length >>> 1));
}
