/**
 * Keeps values in files, for programs that can only read files. Keeps true that a reader finds either the old value or the
 * new one, whole, readable by its owner alone; that an equal value touches nothing; and that files which belong together
 * (a certificate and its key) change together, as far as a file system can: all are on disk before the first is renamed.
 */
import { constants } from "node:fs";
import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError, EXIT } from "../run/cli-deps.ts";

/** The owner reads and writes; nobody else. */
const MODE = 0o600;

/** A value and where it belongs. */
export interface SecretFile {
  readonly path: string;
  readonly value: Uint8Array;
}

/** Writes each value unless its file holds it already. Resolves with the files that it wrote. @throws CliError. */
export async function writeSecretFiles(files: readonly SecretFile[]): Promise<readonly SecretFile[]> {
  const prepared: SecretFile[] = [];
  try {
    for (const file of files) if (await prepare(file)) prepared.push(file);
    for (const { path } of prepared) await naming("written", path, () => rename(temporaryOf(path), path));
    for (const { path } of prepared) await naming("written", path, () => syncFolder(path));
    return prepared;
  } catch (error) {
    // On a full disk half a value would stay.
    for (const { path } of files) await unlink(temporaryOf(path)).catch(() => undefined);
    throw error;
  }
}

/** In the same folder, because rename is atomic only within one file system. */
function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.podkey`);
}

/** The new content beside the file, on disk. Resolves with whether there is any. @throws CliError. */
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
    // A file that others may read is not what was asked for, whatever it holds.
    const isPrivate = ((await stat(path)).mode & 0o777) === MODE;
    return isPrivate && (await readFile(path)).equals(value);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function writeNew(path: string, value: Uint8Array): Promise<void> {
  // What a killed process left; O_EXCL then refuses to follow a link that somebody else put there.
  await unlink(path).catch(() => undefined);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, MODE);
  try {
    await file.writeFile(value);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without it a crash of the machine may bring the old name back. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function fileError(what: string, path: string, error: unknown): CliError {
  const code = codeOf(error) ?? "unknown error";
  const remedy = code === "ENOENT" ? "create its folder first" : "podkey must be able to write to its folder";
  return new CliError(`${path} cannot be ${what} (${code}); ${remedy}`, EXIT.usage);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
