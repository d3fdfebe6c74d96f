/**
 * Takes a Unix socket path without a moment of wrong rights and without stealing it from a live process: connect first;
 * if nobody answers, bind a temporary name in the same folder, set mode and owner, rename it over the path. A rename is
 * atomic, so after kill -9 clients find the old (dead) socket or the new one, never none.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Server } from "node:net";
import { basename, dirname } from "node:path";
import { SOCKET_PATH_LIMIT_BYTES } from "../../socket-path.ts";
import { ListenError } from "./listen-error.ts";

/** Which file, with which rights. */
export interface SocketFile {
  readonly path: string;
  readonly mode: number;
  /** Owner; undefined: as the process makes it. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** A path that was taken. */
export interface TakenSocket {
  /** Whether a socket file that nobody answered on was replaced. */
  readonly wasStale: boolean;
  /** Removes the file, if it is still ours. */
  readonly remove: () => void;
}

/**
 * Makes `server` listen on the path.
 * @throws ListenError if the path is too long, answered by a live process, or cannot be written.
 */
export async function takeSocket(server: Server, file: SocketFile): Promise<TakenSocket> {
  const { path } = file;
  if (Buffer.byteLength(path) > SOCKET_PATH_LIMIT_BYTES)
    throw new ListenError(
      "invalid",
      `The socket path ${path} is ${String(Buffer.byteLength(path))} bytes long and the kernel takes ${String(SOCKET_PATH_LIMIT_BYTES)}; use a shorter path.`,
    );
  const wasStale = await probe(path);
  const temporary = temporaryName(path);
  try {
    await listening(server, temporary);
    chmodSync(temporary, file.mode);
    if (file.uid !== undefined || file.gid !== undefined)
      chownSync(temporary, file.uid ?? -1, file.gid ?? -1);
    const { dev, ino } = lstatSync(temporary);
    renameSync(temporary, path);
    return { wasStale, remove: () => removeOwn(path, dev, ino) };
  } catch (error) {
    server.close();
    removeQuietly(temporary);
    throw error instanceof ListenError ? error : cannotListen(path, error);
  }
}

/** Whether a socket file without a process exists. @throws ListenError if a process answers, or the file is not a socket. */
async function probe(path: string): Promise<boolean> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isSocket() && !found.isSymbolicLink())
    throw new ListenError(
      "unavailable",
      `${path} exists and is not a socket; remove it, or listen at another path.`,
    );
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    // EACCES means that somebody else's live or dead socket is there; not ours to replace either way.
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EACCES"));
  });
  if (answered)
    throw new ListenError(
      "unavailable",
      `${path} is in use by a running process; stop it or listen elsewhere (--listen).`,
    );
  return true;
}

/** A name in the same folder that is no longer than the final one, so that it fits wherever that fits. */
function temporaryName(path: string): string {
  const length = Math.max(1, Math.min(basename(path).length, 16));
  const folder = dirname(path);
  const name = randomBytes(16).toString("hex").slice(0, length);
  return folder === "." && !path.startsWith("./") ? name : `${folder === "/" ? "" : folder}/${name}`;
}

/**
 * Connections that may wait to be accepted; the kernel caps it (4,096 by default). Over a Unix socket one too many is
 * refused at once with EAGAIN, and Node's 511 is fewer than the clients that may reconnect together after a restart.
 */
const BACKLOG = 4096;

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, backlog: BACKLOG }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function cannotListen(path: string, cause: unknown): ListenError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const folder = dirname(path);
  // libuv says EACCES where the folder is missing.
  if (!existsSync(folder))
    return new ListenError(
      "unavailable",
      `The folder ${folder} of the socket does not exist; create it.`,
      cause,
    );
  if (code === "EACCES" || code === "EROFS" || code === "EPERM")
    return new ListenError(
      "unavailable",
      `podkey may not create or own ${path} (${code}); make ${folder} writable for its user.`,
      cause,
    );
  return new ListenError("unavailable", `podkey cannot listen on ${path} (${code}).`, cause);
}

/** Another podkey may have taken the path over meanwhile; its file is not ours to remove. */
function removeOwn(path: string, dev: number, ino: number): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.dev === dev && found.ino === ino) removeQuietly(path);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, or the folder is not ours any more: nothing to leave behind either way.
  }
}
