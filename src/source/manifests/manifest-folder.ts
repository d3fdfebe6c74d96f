/**
 * What the files of a folder of manifests mean together. Remembers each file by its identity, so that a look reads only
 * what changed, and the names each file last held, so that a broken file marks its credentials instead of dropping them.
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

/** What is known of a file. */
interface KnownFile {
  readonly identity: string;
  readonly items: readonly ManifestItem[];
  /** Set: `items` only mark what was there when the file was last good. */
  readonly fault: ManifestFault | undefined;
}

/** A reader of the folder. */
export function createManifestFolder(folder: string, selection: ManifestSelection, log: Log): FolderReader {
  let known: ReadonlyMap<string, KnownFile> = new Map();
  let duplicates: ReadonlySet<string> = new Set();
  const logRefusals = createRefusalLog(log);
  return {
    list: () => listManifests(folder),
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
      // Nothing is remembered or logged before the whole listing was read: a folder that moves is read again.
      logRefusals(listing.refusals);
      for (const [path, now] of read) report(log, path, known.get(path), now);
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
    items: marked(file.path, before?.items ?? [], now.fault),
    fault: now.fault,
  };
}

/** What lies below a folder that may not be entered any more is not gone: it only cannot be seen. */
function keepUnreachable(
  next: Map<string, KnownFile>,
  known: ReadonlyMap<string, KnownFile>,
  refusals: readonly Refusal[],
): void {
  for (const { path: refused, reason } of refusals) {
    for (const [path, file] of known) {
      if (next.has(path) || (path !== refused && !path.startsWith(`${refused}/`))) continue;
      const fault = { line: 1, why: reason };
      next.set(path, { identity: "", items: marked(path, file.items, fault), fault });
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

/** The names of a file that was good, each with the file's fault. */
function marked(path: string, items: readonly ManifestItem[], fault: ManifestFault): readonly ManifestItem[] {
  const broken = problem(
    "BROKEN_FILE",
    `${path}:${String(fault.line)}: ${fault.why}; the last good content of this file is served until it is mended.`,
    { contentOutdated: true },
  );
  return items.map(({ item: { namespace, name, uid }, line }) => ({
    item: { namespace, name, uid, resourceVersion: "", problem: broken },
    line,
  }));
}

function report(log: Log, file: string, before: KnownFile | undefined, now: ManifestFile): void {
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

/** The first path wins a name, and says which other file wants it too. */
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
      const text = `Secret ${item.namespace}/${item.name} of ${winner.path} is defined again in ${path}:${String(line)}; the first path wins.`;
      duplicates.add(text);
      if (!isUndecodable(winner.item)) winner.item = withProblem(winner.item, text);
    }
  }
  return { items: [...winners.values()].map(({ item }) => item), duplicates };
}

function withProblem(credential: Credential, text: string): Credential {
  return { ...credential, problems: [...credential.problems, problem("DUPLICATE_NAME", text)] };
}
