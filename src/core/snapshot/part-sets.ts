/**
 * Credentials in parts: after each event, the credentials whose parts changed are assembled again. Only a complete set with
 * the right hash is served. The old credential stays until the new one is complete, and it goes once no part of its set or
 * of a newer one is left. Pure: joining (hash, gzip, checks of the content) is injected, because core has no crypto.
 */
import type { Applied } from "./applied.ts";
import type { Credential, CredentialKey, Part } from "../credential/credential.ts";
import { credentialKey, dataSizeBytes, splitCredentialKey } from "../credential/credential.ts";
import { sameData } from "../credential/same-content.ts";
import { duplicateName, extraParts, incompleteSet } from "./part-problems.ts";
import type { Problem } from "../credential/problem.ts";
import { compareVersions, isNewer } from "../credential/resource-version.ts";
import type { AssembledCredential, Snapshot, SnapshotEntry } from "./snapshot.ts";

/**
 * Joins a complete set, in the order of the index, or returns what is wrong with it. The caller sets name, version and
 * `part` of the result.
 */
export type JoinParts = (parts: readonly Credential[], name: string) => Credential | Problem;

/** An entry that is a part. */
interface Member {
  readonly key: CredentialKey;
  readonly credential: Credential;
  readonly part: Part;
  readonly version: string;
}

/** Parts with the same count and hash. */
interface PartSet {
  readonly id: string;
  readonly count: number;
  readonly members: readonly Member[];
  /** The highest version among its members. */
  readonly version: string;
}

/** The result of an event with the credentials in parts brought up to date. */
export function assembleParts(before: Snapshot, applied: Applied, join: JoinParts): Applied {
  const changes = changedParts(before, applied);
  if (changes.size === 0) return applied;
  let { assembled } = applied.snapshot;
  for (const [key, fresh] of changes) {
    const held = before.assembled.get(key);
    const parts = [...new Set([...(held?.parts ?? []), ...fresh])].sort();
    const members = parts.flatMap((part) => memberOf(key, part, applied.snapshot.entries.get(part)));
    assembled =
      members.length === 0
        ? assembled.delete(key)
        : assembled.set(
            key,
            assemble({ key, members, held, plain: plainEntry(applied.snapshot, key), join }),
          );
  }
  return {
    ...applied,
    snapshot: { ...applied.snapshot, assembled },
    changedKeys: [...new Set([...applied.changedKeys, ...changes.keys()])],
  };
}

/** The credentials that changed entries belong or belonged to, each with the entries that belong to it now. */
function changedParts(
  before: Snapshot,
  { snapshot, changedKeys }: Applied,
): ReadonlyMap<CredentialKey, readonly CredentialKey[]> {
  const found = new Map<CredentialKey, CredentialKey[]>();
  const listOf = (key: CredentialKey): CredentialKey[] => {
    const known = found.get(key) ?? [];
    found.set(key, known);
    return known;
  };
  for (const key of changedKeys) {
    const was = assembledKey(before.entries.get(key));
    const is = assembledKey(snapshot.entries.get(key));
    if (was !== undefined) listOf(was);
    if (is !== undefined) listOf(is).push(key);
    // A Secret with the name of the assembled credential came or went.
    if (before.assembled.get(key) !== undefined) listOf(key);
  }
  return found;
}

function assembledKey(entry: SnapshotEntry | undefined): CredentialKey | undefined {
  const credential = entry?.credential;
  return credential?.part === undefined ? undefined : credentialKey(credential.namespace, credential.part.of);
}

function memberOf(
  of: CredentialKey,
  key: CredentialKey,
  entry: SnapshotEntry | undefined,
): readonly Member[] {
  const credential = entry?.credential;
  if (credential?.part === undefined || assembledKey(entry) !== of) return [];
  return [{ key, credential, part: credential.part, version: credential.resourceVersion }];
}

/** The Secret that has the name of the assembled credential and is not a part. */
function plainEntry(snapshot: Snapshot, key: CredentialKey): Credential | undefined {
  const credential = snapshot.entries.get(key)?.credential;
  return credential?.part === undefined ? credential : undefined;
}

interface AssembleInput {
  readonly key: CredentialKey;
  /** At least one. */
  readonly members: readonly Member[];
  readonly held: AssembledCredential | undefined;
  readonly plain: Credential | undefined;
  readonly join: JoinParts;
}

/** Assembles the credential of these members. */
function assemble({ key, members, held, plain, join }: AssembleInput): AssembledCredential {
  const parts = members.map((member) => member.key);
  if (plain !== undefined) {
    const credential = { ...plain, problems: [...plain.problems, duplicateName()] };
    return assembledCredential(parts, credential, undefined);
  }
  const sets = setsOf(members);
  const problemOf = new Map<string, Problem>();
  for (const set of sets) {
    const joined = joinSet(key, set, join);
    if ("reason" in joined) problemOf.set(set.id, joined);
    else {
      const problems = [...joined.problems, ...leftovers(sets, set, problemOf)];
      return assembledCredential(parts, sharing({ ...joined, problems }, held?.credential), set.id);
    }
  }
  const [newest] = sets;
  const problem = (newest && problemOf.get(newest.id)) ?? extraParts();
  const credential = held !== undefined && mayStay(held, members) ? held.credential : undefined;
  if (credential !== undefined) {
    const problems = [...credential.problems.filter(isOfContent), { ...problem, contentOutdated: true }];
    return assembledCredential(parts, { ...credential, problems }, held?.set);
  }
  const { namespace, name } = splitCredentialKey(key);
  const undecodable = { namespace, name, uid: "", resourceVersion: "", problem };
  return { parts, credential: undefined, undecodable, sizeBytes: 0, set: undefined };
}

/** Whether a problem is about the content and not about the state of the parts. */
function isOfContent({ reason, contentOutdated }: Problem): boolean {
  return !contentOutdated && !reason.startsWith("PARTS_");
}

function assembledCredential(
  parts: readonly CredentialKey[],
  credential: Credential,
  set: string | undefined,
): AssembledCredential {
  return { parts, credential, undecodable: undefined, sizeBytes: dataSizeBytes(credential), set };
}

/** Newest first. Versions that cannot be compared keep the order of their names. */
function setsOf(members: readonly Member[]): readonly PartSet[] {
  const byId = Map.groupBy(members, ({ part }) => `${String(part.count)} ${part.sha256}`);
  const sets = [...byId].map(([id, list]): PartSet => {
    const version = list.map((member) => member.version).reduce((a, b) => (isNewer(b, a) ? b : a));
    return { id, count: list[0]?.part.count ?? 0, members: list, version };
  });
  return sets.sort((a, b) => compareVersions(b.version, a.version) ?? 0);
}

function joinSet(key: CredentialKey, set: PartSet, join: JoinParts): Credential | Problem {
  const { namespace, name } = splitCredentialKey(key);
  const byIndex = new Map<number, Credential>();
  for (const { part, credential } of set.members) {
    const other = byIndex.get(part.index);
    if (other === undefined) byIndex.set(part.index, credential);
    // Identical duplicates are ignored. Two different Secrets with the same index make the set invalid.
    else if (!sameData(other.data, credential.data)) return incompleteSet({ twice: part.index });
  }
  const places = Array.from({ length: set.count }, (_, index) => index);
  const ordered = places.flatMap((index) => byIndex.get(index) ?? []);
  if (ordered.length < set.count)
    return incompleteSet({ missing: places.filter((index) => !byIndex.has(index)), count: set.count });
  const joined = join(ordered, name);
  if ("reason" in joined) return joined;
  const outdated = ordered.flatMap(({ problems }) => problems.filter((problem) => problem.contentOutdated));
  return {
    ...joined,
    namespace,
    name,
    resourceVersion: set.version,
    part: undefined,
    problems: [...joined.problems, ...outdated],
  };
}

/** The problem of parts outside the served set: a newer set that is not complete, or parts of an earlier one. */
function leftovers(
  sets: readonly PartSet[],
  served: PartSet,
  problemOf: ReadonlyMap<string, Problem>,
): readonly Problem[] {
  const [newest] = sets;
  if (newest === undefined || sets.length === 1) return [];
  const problem = problemOf.get(newest.id);
  if (newest === served || problem === undefined) return [extraParts()];
  return [{ ...problem, contentOutdated: true }];
}

/** Whether the old credential may stay: a part of its own set or a newer part is left. */
function mayStay(held: AssembledCredential, members: readonly Member[]): boolean {
  const { credential, set } = held;
  if (credential === undefined || set === undefined) return false;
  return members.some(
    ({ part, version }) =>
      `${String(part.count)} ${part.sha256}` === set ||
      (compareVersions(version, credential.resourceVersion) ?? 1) > 0,
  );
}

/** With the old bytes if these are equal, as `to-snapshot-entry.ts` does for entries. */
function sharing(joined: Credential, held: Credential | undefined): Credential {
  return held !== undefined && sameData(held.data, joined.data) ? { ...joined, data: held.data } : joined;
}
