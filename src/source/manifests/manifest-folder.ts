/**
 * Merges the manifest files of a folder. Keeps each file by its identity, so a poll reads only changed files, and the
 * names that each file last held, so a broken file marks its credentials instead of removing them.
 */
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { credentialKey } from "../../core/credential/credential.ts";
import { isUndecodable } from "../../core/snapshot/sync-event.ts";
import type { Log } from "../../log/events.ts";
import type { FolderReader } from "../folder/folder-source.ts";
import type { FolderFile, Listing, Refusal } from "../folder/listing.ts";
import { readListedFile, UnreadableFileError } from "../folder/read-listed-file.ts";
import { createRefusalLog } from "../folder/refusal-log.ts";
import type { FolderItem } from "../folder/version-book.ts";
import { problem } from "../content/problem-reasons.ts";
import { listManifests } from "./list-manifests.ts";
import type { ManifestFile, ManifestItem, ManifestSelection } from "./manifest-file.ts";
import { readManifestFile } from "./manifest-file.ts";
import type { ManifestFault } from "./parse-manifests.ts";

/** The last result of a file. */
interface KnownFile {
  readonly identity: string;
  readonly items: readonly ManifestItem[];
  /** Set for a broken file; `items` then mark the credentials that it last held. */
  readonly fault: ManifestFault | undefined;
}

/** Creates the reader of the folder. */
export function createManifestFolder(folder: string, selection: ManifestSelection, log: Log): FolderReader {
  let known: ReadonlyMap<string, KnownFile> = new Map();
  let duplicates: ReadonlySet<string> = new Set();
  const logRefusals = createRefusalLog(log);
  return {
    list: () => listManifests(folder),
    faults: () =>
      [...known].flatMap(([path, { fault }]) => (fault === undefined ? [] : [{ path, ...fault }])),
    read: async (listing: Listing) => {
      const next = new Map<string, KnownFile>();
      const read = new Map<string, ManifestFile>();
      for (const file of listing.files) {
        const before = known.get(file.path);
        if (before?.identity === file.identity) {
          next.set(file.path, before);
          continue;
        }
        const now = await readManifest(file, selection);
        read.set(file.path, now);
        next.set(file.path, knownAfter(file, before, now));
      }
      keepUnreachable(next, known, listing.refusals);
      // Nothing is kept or logged before all files were read: if the folder changes, it is read again.
      logRefusals(listing.refusals);
      for (const [path, now] of read) logResult(log, path, known.get(path), now);
      known = next;
      const merged = merge(next);
      for (const text of merged.duplicates)
        if (!duplicates.has(text)) log("manifests_duplicate", { problem: text });
      duplicates = merged.duplicates;
      return merged.items;
    },
  };
}

function knownAfter(file: FolderFile, before: KnownFile | undefined, now: ManifestFile): KnownFile {
  if ("items" in now) return { identity: file.identity, items: now.items, fault: undefined };
  return {
    identity: file.identity,
    items: markBroken(file.path, before?.items ?? [], now.fault),
    fault: now.fault,
  };
}

/** Files below a folder that can no longer be read are kept, marked as broken. */
function keepUnreachable(
  next: Map<string, KnownFile>,
  known: ReadonlyMap<string, KnownFile>,
  refusals: readonly Refusal[],
): void {
  for (const { path: refused, reason } of refusals) {
    for (const [path, file] of known) {
      if (next.has(path) || (path !== refused && !path.startsWith(`${refused}/`))) continue;
      const fault = { line: 1, why: reason };
      next.set(path, { identity: "", items: markBroken(path, file.items, fault), fault });
    }
  }
}

async function readManifest(file: FolderFile, selection: ManifestSelection): Promise<ManifestFile> {
  try {
    return readManifestFile(file.path, await readListedFile(file), selection);
  } catch (error) {
    if (error instanceof UnreadableFileError) return { fault: { line: 1, why: error.reason } };
    throw error;
  }
}

/** The credentials that a file last held, each with the file's fault. */
function markBroken(
  path: string,
  items: readonly ManifestItem[],
  fault: ManifestFault,
): readonly ManifestItem[] {
  const broken = problem(
    "BROKEN_FILE",
    `${path}:${String(fault.line)}: ${fault.why}; the last good content of this file is served until it is corrected.`,
    { contentOutdated: true },
  );
  return items.map(({ item: { namespace, name, uid }, line }) => ({
    item: { namespace, name, uid, resourceVersion: "", problem: broken },
    line,
  }));
}

function logResult(log: Log, file: string, before: KnownFile | undefined, now: ManifestFile): void {
  if ("fault" in now) {
    log("manifests_file_broken", { file, line: now.fault.line, why: now.fault.why });
    return;
  }
  if (before?.fault !== undefined) log("manifests_file_mended", { file });
  for (const { item, line } of now.items) {
    if (!isUndecodable(item)) continue;
    const { namespace, name, problem: found } = item;
    log("manifests_secret_faulty", { file, line, namespace, name, reason: found.reason, why: found.message });
  }
}

/** Of two Secrets with one name the first path is served, with a problem that names the other file. */
function merge(files: ReadonlyMap<string, KnownFile>): {
  readonly items: readonly FolderItem[];
  readonly duplicates: ReadonlySet<string>;
} {
  const winners = new Map<CredentialKey, { readonly path: string; item: FolderItem }>();
  const duplicates = new Set<string>();
  for (const [path, { items }] of files) {
    for (const { item, line } of items) {
      const key = credentialKey(item.namespace, item.name);
      const winner = winners.get(key);
      if (winner === undefined) {
        winners.set(key, { path, item });
        continue;
      }
      const text = `Secret ${item.namespace}/${item.name} of ${winner.path} is defined again in ${path}:${String(line)}; the first path is served, delete one of them.`;
      duplicates.add(text);
      if (!isUndecodable(winner.item)) winner.item = withProblem(winner.item, text);
    }
  }
  return { items: [...winners.values()].map(({ item }) => item), duplicates };
}

function withProblem(credential: Credential, text: string): Credential {
  return { ...credential, problems: [...credential.problems, problem("DUPLICATE_NAME", text)] };
}
