/**
 * One look at a folder of manifests: every `.yaml`, `.yml` and `.json` below it, at any depth, through symbolic links.
 * Names that begin with a dot do not count: editors keep their swap files under such names, and a mounted ConfigMap
 * keeps `..data` and its predecessors there, reached through links with plain names.
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FolderFile, Listing, Refusal } from "../folder/listing.ts";
import { byPath, identityOf } from "../folder/listing.ts";
import { errorCode } from "../folder/read-listed-file.ts";

const MANIFEST = /\.(ya?ml|json)$/;

/** Lists the folder. @throws the system's error where the folder itself cannot be read. */
export async function listManifests(folder: string): Promise<Listing> {
  const found: Found = { files: [], refusals: [], visited: new Set() };
  await listInto(found, folder, "");
  return { files: found.files.sort(byPath), refusals: found.refusals.sort(byPath), folders: [] };
}

interface Found {
  readonly files: FolderFile[];
  readonly refusals: Refusal[];
  /** Real paths of the folders on the way: a link to one of them would go round for ever. */
  readonly visited: Set<string>;
}

async function listInto(found: Found, folder: string, below: string): Promise<void> {
  const real = await realpath(folder);
  if (found.visited.has(real)) return;
  found.visited.add(real);
  for (const name of await readdir(folder)) {
    if (name.startsWith(".")) continue;
    await listEntry(found, join(folder, name), below === "" ? name : `${below}/${name}`);
  }
}

async function listEntry(found: Found, readFrom: string, path: string): Promise<void> {
  try {
    const stats = await stat(readFrom, { bigint: true });
    if (stats.isDirectory()) await listInto(found, readFrom, path);
    else if (stats.isFile() && MANIFEST.test(path))
      found.files.push({ path, readFrom, identity: identityOf(stats) });
  } catch (error) {
    const code = errorCode(error);
    // Gone between readdir and stat, or a link to nothing: it is as if it were not there.
    if (code !== "ENOENT") found.refusals.push({ path, reason: `cannot be read (${code})` });
  }
}
