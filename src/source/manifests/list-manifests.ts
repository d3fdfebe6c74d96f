/**
 * Lists a folder of manifests: every `.yaml`, `.yml` and `.json` file below it, at any depth, through symbolic links.
 * Skips names that begin with a dot: editors' swap files, and the `..data` folders of a mounted ConfigMap, whose files
 * are reached through links with ordinary names.
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FolderFile, Listing, Refusal } from "../folder/listing.ts";
import { byPath, identityOf } from "../folder/listing.ts";
import { errorCode } from "../folder/read-listed-file.ts";

const MANIFEST = /\.(ya?ml|json)$/;

/** @throws the system's error if the folder itself cannot be read. */
export async function listManifests(folder: string): Promise<Listing> {
  const found: Found = { files: [], refusals: [], visited: new Set() };
  await listInto(found, folder, "");
  return { files: found.files.sort(byPath), refusals: found.refusals.sort(byPath), folders: [] };
}

interface Found {
  readonly files: FolderFile[];
  readonly refusals: Refusal[];
  /** Real paths of the folders listed so far, so that a link back to one of them does not loop. */
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
    // Deleted between readdir and stat, or a dangling link: ignored.
    if (code !== "ENOENT") found.refusals.push({ path, reason: `cannot be read (${code})` });
  }
}
