/**
 * Standard output as the commands write it. A write that fails is an error, so that `podkey get ... > FILE` on a full disk
 * does not exit with 0. Made by main.ts.
 */
import { fstatSync, writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { Output } from "./cli-deps.ts";
import { CliError, EXIT } from "./cli-deps.ts";

/** The reader of standard output has gone (`podkey list | head -1`): the command ends without a message. */
export class ReaderGoneError extends Error {}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "free space on the disk, or write elsewhere",
  EDQUOT: "the disk quota is used up; free space, or write elsewhere",
  EFBIG: "the limit of a file's size is reached (ulimit -f); raise it, or write elsewhere",
};

/** The output to `stream`, whose file descriptor is `fd`. A write rejects with CliError, or with ReaderGoneError for EPIPE. */
export function standardOutput(stream: NodeJS.WritableStream, fd: number): Output {
  const write = isFile(fd) ? writeFile(fd) : writeStream(stream);
  return {
    write: async (text) => {
      try {
        await write(text);
      } catch (error) {
        throw outputError(error);
      }
    },
  };
}

/** process.stdout ignores a short write, which is how a disk that becomes full cuts a file: write(2) goes on here. */
function writeFile(fd: number): Output["write"] {
  return (text) => {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    return Promise.resolve();
  };
}

function writeStream(stream: NodeJS.WritableStream): Output["write"] {
  return (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
}

/** Files and devices such as /dev/full; a terminal, a pipe or a socket may not block the process. */
function isFile(fd: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFile() || (stats.isCharacterDevice() && !isatty(fd));
}

function outputError(error: unknown): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED") return new ReaderGoneError();
  const remedy = REMEDIES[code] ?? "check where it is redirected to";
  return new CliError(`standard output cannot be written (${code}); ${remedy}`, EXIT.unexpected);
}
