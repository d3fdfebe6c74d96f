/**
 * Keeps values in files, for programs that can only read files. A reader finds either the complete old value or the
 * complete new one, readable only by its owner. An equal value leaves the file untouched. Files that belong together (a
 * certificate and its key) change together as far as a file system can: all are on disk before the first is renamed.
 */
import { constants } from "node:fs";
import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError, EXIT } from "../run/cli-deps.ts";

/** Read and write for the owner only. */
const MODE = 0o600;

/** A value and the path of its file. */
export interface SecretFile {
  readonly path: string;
  readonly value: Uint8Array;
}

/** Writes each value unless its file already holds it. Resolves with the files that it wrote. @throws CliError. */
export async function writeSecretFiles(files: readonly SecretFile[]): Promise<readonly SecretFile[]> {
  const prepared: SecretFile[] = [];
  try {
    for (const file of files) if (await prepare(file)) prepared.push(file);
    for (const { path } of prepared) await naming("written", path, () => rename(temporaryOf(path), path));
    for (const { path } of prepared) await naming("written", path, () => syncFolder(path));
    return prepared;
  } catch (error) {
    // A full disk leaves a part of a value.
    for (const { path } of files) await unlink(temporaryOf(path)).catch(() => undefined);
    throw error;
  }
}

/** In the same folder, because rename is atomic only inside a file system. */
function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.podkey`);
}

/** Writes the value to disk beside its file. Resolves with false if the file already holds it. @throws CliError. */
function prepare({ path, value }: SecretFile): Promise<boolean> {
  return naming("written", path, async () => {
    if (await holds(path, value)) return false;
    await writeNew(temporaryOf(path), value);
    return true;
  });
}

/** @throws CliError that names the file. */
async function naming<Result>(what: string, path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw fileError(what, path, error);
  }
}

/** Removes the file. Resolves with whether there was one. @throws CliError. */
export async function removeSecretFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    await syncFolder(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw fileError("removed", path, error);
  }
}

async function holds(path: string, value: Uint8Array): Promise<boolean> {
  try {
    // A file that other users may read is replaced even if its content is equal.
    const isPrivate = ((await stat(path)).mode & 0o777) === MODE;
    return isPrivate && (await readFile(path)).equals(value);
  } catch (error) {
    // A file that this user may not read is replaced.
    if (codeOf(error) === "ENOENT" || codeOf(error) === "EACCES") return false;
    throw error;
  }
}

async function writeNew(path: string, value: Uint8Array): Promise<void> {
  // A killed process may have left one. O_EXCL does not follow a link that another user created here.
  await unlink(path).catch(() => undefined);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, MODE);
  try {
    await file.writeFile(value);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename durable: without it the old file may be back after the machine crashed. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: "create its folder",
  ENOTDIR: "a part of its path is not a folder; correct the path",
  EISDIR: "it is a folder; name a file in it",
  EACCES: "give podkey's user write permission on its folder",
  EPERM: "give podkey's user write permission on its folder",
  EROFS: "mount its file system writable, or name a file elsewhere",
};

/** What a full or broken disk can cause at any time; the other errors are those of a wrong path. */
const OF_THE_DISK: Readonly<Record<string, string>> = {
  ENOSPC: "free space on its disk",
  EDQUOT: "the disk quota is used up; free space",
  EIO: "its disk has an error",
  EBUSY: "it is a mount point; mount its folder instead",
};

function fileError(what: string, path: string, error: unknown): CliError {
  const code = codeOf(error) ?? "unknown error";
  const remedy = REMEDIES[code] ?? OF_THE_DISK[code] ?? "podkey must be able to write to its folder";
  const exitCode = code in OF_THE_DISK ? EXIT.unexpected : EXIT.usage;
  return new CliError(`${path} cannot be ${what} (${code}); ${remedy}`, exitCode);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
