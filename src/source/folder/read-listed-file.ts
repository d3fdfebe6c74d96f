/**
 * Reads a listed file and compares its identity before and after, because writers do not wait for readers. The result is
 * the complete file of the listing, or the folder is listed again.
 */
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { FolderFile } from "./listing.ts";
import { FolderMovedError, identityOf } from "./listing.ts";

/** A file that exists and cannot be read; `reason` is in words, for logs and problems. */
export class UnreadableFileError extends Error {
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`${path} ${reason}.`);
    this.name = "UnreadableFileError";
    this.reason = reason;
  }
}

/**
 * The bytes of a listed file of at most `maxBytes`.
 * @throws FolderMovedError if it changed or was deleted; UnreadableFileError if it cannot be read.
 */
export async function readListedFile(file: FolderFile, maxBytes: number): Promise<Uint8Array> {
  const handle = await openListed(file);
  try {
    const before = await handle.stat({ bigint: true });
    if (identityOf(before) !== file.identity) throw new FolderMovedError(file.path);
    if (before.size > maxBytes)
      throw new UnreadableFileError(file.path, `is larger than ${String(maxBytes / 1024 / 1024)} MiB`);
    const bytes = await readAll(handle, Number(before.size), file.path);
    if (identityOf(await handle.stat({ bigint: true })) !== file.identity)
      throw new FolderMovedError(file.path);
    return bytes;
  } finally {
    await handle.close();
  }
}

async function openListed(file: FolderFile): Promise<FileHandle> {
  try {
    return await open(file.readFrom, "r");
  } catch (error) {
    throw classified(error, file.path);
  }
}

/** Does not use `readFile`, which can return a part of a shared pool. */
async function readAll(handle: FileHandle, sizeBytes: number, path: string): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let filled = 0;
  try {
    while (filled < sizeBytes) {
      const { bytesRead } = await handle.read(bytes, filled, sizeBytes - filled, filled);
      if (bytesRead === 0) throw new FolderMovedError(path);
      filled += bytesRead;
    }
  } catch (error) {
    throw classified(error, path);
  }
  return bytes;
}

function classified(error: unknown, path: string): Error {
  if (error instanceof FolderMovedError) return error;
  const code = errorCode(error);
  if (code === "ENOENT" || code === "ESTALE") return new FolderMovedError(path);
  return new UnreadableFileError(path, `cannot be read (${code})`);
}

/** The system's code of an error (`EACCES`), the only part of it that is logged. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown error";
}
