/**
 * Makes the snapshot entry of an object from a source. An object that cannot be decoded marks the last good content and
 * never replaces it. An object that never was good is held without content.
 */
import type { Credential } from "../credential/credential.ts";
import { dataSizeBytes } from "../credential/credential.ts";
import { sameData } from "../credential/same-content.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import type { ScopeId, Undecodable } from "./sync-event.ts";
import { isUndecodable } from "./sync-event.ts";

/** The entry for an item. `known` is the entry that the name has so far. */
export function toSnapshotEntry(
  scope: ScopeId,
  item: Credential | Undecodable,
  known: SnapshotEntry | undefined,
): SnapshotEntry {
  const identity = { scope, uid: item.uid, seenVersion: item.resourceVersion };
  if (!isUndecodable(item))
    return {
      ...identity,
      credential: sharing(item, known?.credential),
      undecodable: undefined,
      sizeBytes: dataSizeBytes(item),
    };
  // Another uid is another object: the earlier one was deleted, and this one never was good.
  const lastGood = known?.uid === item.uid ? known.credential : undefined;
  if (lastGood === undefined) return { ...identity, credential: undefined, undecodable: item, sizeBytes: 0 };
  return {
    ...identity,
    credential: outdated(lastGood, item),
    undecodable: item,
    sizeBytes: dataSizeBytes(lastGood),
  };
}

/** The new credential with the old bytes if these are equal, so that a relist does not double the memory. */
function sharing(item: Credential, known: Credential | undefined): Credential {
  if (known === undefined || !sameData(known.data, item.data)) return item;
  return { ...item, data: known.data };
}

function outdated(lastGood: Credential, item: Undecodable): Credential {
  const lasting = lastGood.problems.filter((problem) => !problem.contentOutdated);
  return { ...lastGood, problems: [...lasting, { ...item.problem, contentOutdated: true }] };
}
