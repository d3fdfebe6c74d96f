/**
 * Checks the folder at start. A missing folder is a configuration error then; later it is a failure of the source.
 */
import { readdir } from "node:fs/promises";
import { SyncError } from "../../sync/port/sync-error.ts";
import { errorCode } from "./read-listed-file.ts";

/**
 * Resolves if the folder can be listed.
 * @param option the option that named it, for the message (`--manifests`).
 * @throws SyncError `configuration` with the remedy.
 */
export async function requireFolder(folder: string, option: string): Promise<void> {
  try {
    await readdir(folder);
  } catch (error) {
    throw new SyncError("configuration", `${option} ${folder} ${whatIsWrong(errorCode(error))}`, {
      cause: error,
    });
  }
}

function whatIsWrong(code: string): string {
  switch (code) {
    case "ENOENT":
      return "does not exist; create the folder or name another one.";
    case "ENOTDIR":
      return "is a file; name the folder that holds it.";
    case "EACCES":
    case "EPERM":
      return "cannot be read by this user; grant read and search permission.";
    default:
      return `cannot be listed (${code}); name another folder.`;
  }
}
