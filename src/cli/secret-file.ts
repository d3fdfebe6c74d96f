/**
 * Keeps one value in one file, for programs that can only read files. Keeps true that a reader finds either the old
 * value or the new one, whole, readable by its owner alone, and that an equal value touches nothing.
 */
import { constants } from "node:fs";
import { open, readFile, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError, EXIT } from "./cli-deps.ts";

/** Writes the value unless the file holds it already. Resolves with whether it wrote. @throws CliError. */
export async function writeSecretFile(path: string, value: Uint8Array): Promise<boolean> {
  // In the same folder, because rename is atomic only within one file system.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.podkey`);
  try {
    if (await holds(path, value)) return false;
    await writeNew(temporary, value);
    await rename(temporary, path);
    await syncFolder(path);
    return true;
  } catch (error) {
    // On a full disk half a value would stay.
    await unlink(temporary).catch(() => undefined);
    throw fileError("written", path, error);
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
    return (await readFile(path)).equals(value);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function writeNew(path: string, value: Uint8Array): Promise<void> {
  // What a killed process left; O_EXCL then refuses to follow a link that somebody else put there.
  await unlink(path).catch(() => undefined);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
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
