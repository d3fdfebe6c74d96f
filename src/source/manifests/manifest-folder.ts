/**
 * Merges the manifest files of a folder. Keeps each file by its identity, so a poll reads only changed files, and the
 * names that each file last held, so a broken file marks its credentials instead of removing them.
 */
import { setImmediate } from "node:timers/promises";
import type { CredentialKey } from "../../core/credential/credential.ts";
import { credentialKey } from "../../core/credential/credential.ts";
import { isUndecodable } from "../../core/snapshot/sync-event.ts";
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { Log } from "../../log/events.ts";
import type { FolderReader } from "../folder/folder-source.ts";
import type { FolderFile, Listing, Refusal } from "../folder/listing.ts";
import { readListedFile, UnreadableFileError } from "../folder/read-listed-file.ts";
import { createRefusalLog } from "../folder/refusal-log.ts";
import type { FolderItem } from "../folder/version-book.ts";
import { problem } from "../content/problem-reasons.ts";
import { BrokenFileError, FileReader } from "./file-reader.ts";
import { listManifests } from "./list-manifests.ts";
import type { ManifestItem, ManifestSelection } from "./manifest-file.ts";
import { toManifestItem } from "./manifest-file.ts";
import type { ManifestFault } from "./parse-file.ts";
import { MAX_FILE_BYTES } from "./read-file.ts";

/** What the folder needs. */
export interface ManifestFolderDeps extends ManifestSelection {
  readonly folder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** The result of reading a file. */
interface ReadFile {
  readonly identity: string;
  readonly result: readonly ManifestItem[] | ManifestFault;
}

/** The last result of a file. */
interface KnownFile {
  readonly identity: string;
  readonly items: readonly ManifestItem[];
  /** Set for a broken file; `items` then mark the credentials that it last held. */
  readonly fault: ManifestFault | undefined;
}

/** Decoding lets other work run after this time. */
const TURN_MS = 10;
/** Log lines for the Secrets of one file. */
const MAX_LOGGED = 20;

/** Creates the reader of the folder. */
export function createManifestFolder(deps: ManifestFolderDeps): FolderReader {
  const folder = new ManifestFolder(deps);
  return {
    list: () => listManifests(deps.folder),
    faults: () => folder.faults(),
    read: (listing) => folder.read(listing),
  };
}

class ManifestFolder {
  readonly #deps: ManifestFolderDeps;
  readonly #logRefusals: ReturnType<typeof createRefusalLog>;
  #known: ReadonlyMap<string, KnownFile> = new Map();
  /** Files read since the last complete pass: a folder that changes meanwhile is listed again, and these are not read again. */
  #fresh = new Map<string, ReadFile>();
  #duplicates: ReadonlySet<string> = new Set();

  constructor(deps: ManifestFolderDeps) {
    this.#deps = deps;
    this.#logRefusals = createRefusalLog(deps.log);
  }

  /** The files that cannot be used. */
  faults(): readonly (ManifestFault & { readonly path: string })[] {
    return [...this.#known].flatMap(([path, { fault }]) => (fault === undefined ? [] : [{ path, ...fault }]));
  }

  /** @throws FolderMovedError */
  async read(listing: Listing): Promise<readonly FolderItem[]> {
    const next = new Map<string, KnownFile>();
    const reader = new FileReader(this.#deps.timers);
    try {
      for (const file of listing.files) next.set(file.path, await this.#readIfChanged(file, reader));
    } finally {
      await reader.close();
    }
    keepUnreachable(next, this.#known, listing.refusals);
    // Nothing is kept or logged before all files were read.
    this.#logRefusals(listing.refusals);
    for (const [path, { result }] of this.#fresh) if (next.has(path)) this.#logResult(path, result);
    this.#known = next;
    this.#fresh = new Map();
    return this.#merge();
  }

  async #readIfChanged(file: FolderFile, reader: FileReader): Promise<KnownFile> {
    const { path, identity } = file;
    const before = this.#known.get(path);
    if (before?.identity === identity) return before;
    const fresh = this.#fresh.get(path);
    const result = fresh?.identity === identity ? fresh.result : await this.#readFile(file, reader);
    this.#fresh.set(path, { identity, result });
    return "why" in result
      ? { identity, items: markBroken(path, before?.items ?? [], result), fault: result }
      : { identity, items: result, fault: undefined };
  }

  async #readFile(file: FolderFile, reader: FileReader): Promise<ReadFile["result"]> {
    const { namespaces, clock } = this.#deps;
    const items: ManifestItem[] = [];
    try {
      const bytes = await readListedFile(file, MAX_FILE_BYTES);
      for await (const secrets of reader.read(bytes, namespaces[0] ?? "default")) {
        let turnStartMs = clock.nowMs();
        for (const secret of secrets) {
          const item = toManifestItem(secret, file.path, this.#deps);
          if (item !== undefined) items.push(item);
          if (clock.nowMs() - turnStartMs < TURN_MS) continue;
          await setImmediate();
          turnStartMs = clock.nowMs();
        }
      }
      return items;
    } catch (error) {
      if (error instanceof UnreadableFileError) return { line: 1, why: error.reason };
      if (error instanceof BrokenFileError) return error.fault;
      throw error;
    }
  }

  #logResult(file: string, result: ReadFile["result"]): void {
    const { log } = this.#deps;
    if ("why" in result) {
      log("manifests_file_broken", { file, line: result.line, why: result.why });
      return;
    }
    if (this.#known.get(file)?.fault !== undefined) log("manifests_file_mended", { file });
    const faulty = result.flatMap(({ item, line }) => (isUndecodable(item) ? [{ item, line }] : []));
    for (const { item, line } of faulty.slice(0, MAX_LOGGED)) {
      const { namespace, name, problem: found } = item;
      const why = found.message;
      log("manifests_secret_faulty", { file, line, namespace, name, reason: found.reason, why });
    }
  }

  /** Of two Secrets with one name the first path is served, with a problem that names the other file. */
  #merge(): readonly FolderItem[] {
    const winners = new Map<CredentialKey, { readonly path: string; item: FolderItem }>();
    const duplicates = new Set<string>();
    for (const [path, { items }] of this.#known) {
      for (const { item, line } of items) {
        const key = credentialKey(item.namespace, item.name);
        const winner = winners.get(key);
        if (winner === undefined) {
          winners.set(key, { path, item });
          continue;
        }
        const text = `Secret ${item.namespace}/${item.name} of ${winner.path} is defined again in ${path}:${String(line)}; the first path is served, delete one of them.`;
        duplicates.add(text);
        winner.item = withProblem(winner.item, text);
      }
    }
    for (const text of duplicates)
      if (!this.#duplicates.has(text)) this.#deps.log("manifests_duplicate", { problem: text });
    this.#duplicates = duplicates;
    return [...winners.values()].map(({ item }) => item);
  }
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

function withProblem(item: FolderItem, text: string): FolderItem {
  if (isUndecodable(item)) return item;
  return { ...item, problems: [...item.problems, problem("DUPLICATE_NAME", text)] };
}
