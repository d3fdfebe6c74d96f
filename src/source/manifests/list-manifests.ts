/**
 * Lists a folder of manifests: every `.yaml`, `.yml` and `.json` file below it, at any depth. Skips names that begin with a
 * dot: editors' swap files, and the `..data` folders of a mounted ConfigMap, whose files are reached through links with
 * ordinary names. A symbolic link may point only to something in the folder.
 */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { FolderFile, Listing, Refusal } from "../folder/listing.ts";
import { byPath, FolderLimitError, identityOf } from "../folder/listing.ts";
import { errorCode } from "../folder/read-listed-file.ts";

const MANIFEST = /\.(ya?ml|json)$/;
/** Twice the default of `--max-credentials`, and as many other files again and again. */
const MAX_FILES = 20_000;
const MAX_ENTRIES = 100_000;
/** Four times the default of `--max-bytes`. */
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;

/** @throws the system's error if the folder itself cannot be read; FolderLimitError if it holds too much. */
export async function listManifests(folder: string): Promise<Listing> {
  const root = await realpath(folder);
  const walk = new FolderWalk(root);
  await walk.list({ real: root, path: "" });
  return { files: walk.files.sort(byPath), refusals: walk.refusals.sort(byPath), folders: [] };
}

/** A folder: its real path, and its path as seen from the root, with `/`. */
interface Folder {
  readonly real: string;
  readonly path: string;
}

class FolderWalk {
  readonly files: FolderFile[] = [];
  readonly refusals: Refusal[] = [];
  readonly #root: string;
  /** Real paths of the folders listed so far, so that a link to one of them does not loop. */
  readonly #visited = new Set<string>();
  #entries = 0;
  #totalBytes = 0n;

  constructor(root: string) {
    this.#root = root;
  }

  async list({ real, path }: Folder): Promise<void> {
    if (this.#visited.has(real)) return;
    this.#visited.add(real);
    const entries = await readdir(real, { withFileTypes: true });
    this.#entries += entries.length;
    if (this.#entries > MAX_ENTRIES) throw new FolderLimitError(`more than ${String(MAX_ENTRIES)} entries`);
    // Links last: a folder that is reached both ways has the path without the link.
    for (const entry of entries.sort((a, b) => Number(a.isSymbolicLink()) - Number(b.isSymbolicLink())))
      if (!entry.name.startsWith(".")) await this.#entry(entry, { real, path });
  }

  async #entry(entry: Dirent, parent: Folder): Promise<void> {
    const path = parent.path === "" ? entry.name : `${parent.path}/${entry.name}`;
    let real = join(parent.real, entry.name);
    try {
      if (entry.isSymbolicLink()) real = await realpath(real);
      if (!real.startsWith(this.#root + sep) && real !== this.#root) {
        this.refusals.push({
          path,
          reason: "is a symbolic link out of the folder; copy its target into the folder",
        });
        return;
      }
      await this.#follow(entry, { real, path });
    } catch (error) {
      if (error instanceof FolderLimitError) throw error;
      const code = errorCode(error);
      // Deleted between readdir and stat, or a dangling link: ignored.
      if (code !== "ENOENT") this.refusals.push({ path, reason: `cannot be read (${code})` });
    }
  }

  async #follow(entry: Dirent, { real, path }: Folder): Promise<void> {
    if (entry.isDirectory()) return this.list({ real, path });
    if (!entry.isSymbolicLink() && !(entry.isFile() && MANIFEST.test(path))) return;
    const stats = await stat(real, { bigint: true });
    if (stats.isDirectory()) return this.list({ real, path });
    if (!stats.isFile() || !MANIFEST.test(path)) return;
    this.#totalBytes += stats.size;
    if (this.#totalBytes > MAX_TOTAL_BYTES) throw new FolderLimitError("more than 256 MiB of manifests");
    if (this.files.push({ path, readFrom: real, identity: identityOf(stats) }) > MAX_FILES)
      throw new FolderLimitError(`more than ${String(MAX_FILES)} manifests`);
  }
}
