/**
 * Lists a folder of mounted Secrets and projected volumes. Each sub-folder is a credential and its files are the keys. In
 * a mount of the kubelet, `..data` links to the current version. The link is resolved once per listing, so all keys come
 * from the same version and a swap of the link is one change.
 */
import type { BigIntStats } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FolderFile, Listing, Refusal } from "../folder/listing.ts";
import { byPath, FolderMovedError, identityOf } from "../folder/listing.ts";
import { errorCode } from "../folder/read-listed-file.ts";
import { isDataKey, isSecretName } from "../../core/credential/kubernetes-names.ts";

interface Found {
  readonly files: FolderFile[];
  readonly refusals: Refusal[];
  readonly folders: string[];
}

/** File paths are `NAME/KEY`. @throws the system's error if the folder itself cannot be read. */
export async function listVolume(folder: string): Promise<Listing> {
  const found: Found = { files: [], refusals: [], folders: [] };
  // Skips hidden entries, and the kubelet's own if the folder itself is a volume.
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  await Promise.all(names.map((name) => listMount(found, join(folder, name), name)));
  return {
    files: found.files.sort(byPath),
    refusals: found.refusals.sort(byPath),
    folders: found.folders.sort(),
  };
}

async function listMount(found: Found, mount: string, name: string): Promise<void> {
  try {
    if (!(await stat(mount)).isDirectory()) {
      found.refusals.push({ path: name, reason: "is not a folder; mount each Secret as a sub-folder" });
    } else if (!isSecretName(name)) {
      found.refusals.push({ path: name, reason: "is not a valid Secret name; use a DNS subdomain" });
    } else {
      await listKeys(found, await contentOf(mount), name);
    }
  } catch (error) {
    if (error instanceof FolderMovedError) throw error;
    const code = errorCode(error);
    if (code !== "ENOENT") found.refusals.push({ path: name, reason: `cannot be read (${code})` });
  }
}

/** The folder of the keys: the target of `..data`, or the mount itself without such a link. */
async function contentOf(mount: string): Promise<string> {
  try {
    return await realpath(join(mount, "..data"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return mount;
    throw error;
  }
}

async function listKeys(found: Found, content: string, name: string): Promise<void> {
  for (const key of await entriesOf(content, name)) {
    const path = `${name}/${key}`;
    const readFrom = join(content, key);
    const stats = await statKey(readFrom, path);
    if (stats === undefined) found.refusals.push({ path, reason: "is a dangling link" });
    else if (stats.isDirectory()) {
      // Versions of a volume that `..data` does not link to.
      if (!key.startsWith(".."))
        found.refusals.push({ path, reason: "is a nested folder; a key must be a file" });
    } else if (!stats.isFile()) found.refusals.push({ path, reason: "is not a regular file" });
    else if (!isDataKey(key))
      found.refusals.push({ path: name, reason: "holds a file whose name is not a valid key" });
    else found.files.push({ path, readFrom, identity: identityOf(stats) });
  }
  found.folders.push(name);
}

/** A version that is missing right after it was resolved was replaced: list again. */
async function entriesOf(content: string, name: string): Promise<readonly string[]> {
  try {
    return (await readdir(content)).sort();
  } catch (error) {
    throw errorCode(error) === "ENOENT" ? new FolderMovedError(name) : error;
  }
}

/** Undefined for a dangling link. */
async function statKey(readFrom: string, path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(readFrom, { bigint: true });
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  try {
    await lstat(readFrom);
    return undefined;
  } catch (error) {
    throw errorCode(error) === "ENOENT" ? new FolderMovedError(path) : error;
  }
}
