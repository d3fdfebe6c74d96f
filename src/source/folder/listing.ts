/**
 * The files of a folder at one moment, with their identities and without their content. Two listings with equal
 * signatures mean that nothing was written in between; this is the data proof of the folder sources.
 */
import type { BigIntStats } from "node:fs";

/** One file to read. */
export interface FolderFile {
  /** Relative to the folder, with `/`; used in logs and problems. */
  readonly path: string;
  /** The path to open; differs from `path` where a symbolic link was resolved. */
  readonly readFrom: string;
  readonly identity: string;
}

/** An entry of the folder that is not served, with the reason in words. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
}

/** One listing. Files and refusals are sorted by path. */
export interface Listing {
  readonly files: readonly FolderFile[];
  readonly refusals: readonly Refusal[];
  /** Folders that are credentials even if they are empty. */
  readonly folders: readonly string[];
}

/** Thrown by a listing: the folder holds more than podkey serves. */
export class FolderLimitError extends Error {
  /** What is logged as the cause. */
  readonly code: string;

  constructor(code: string) {
    super(`The folder holds ${code}.`);
    this.name = "FolderLimitError";
    this.code = code;
  }
}

/** Thrown while a listing is read: a file changed after it was listed. List the folder again. */
export class FolderMovedError extends Error {
  constructor(path: string) {
    super(`${path} changed while the folder was read.`);
    this.name = "FolderMovedError";
  }
}

/**
 * The identity of a file: changes with the file behind the name, its size and every write. Includes ctime because
 * `cp -p`, `rsync -t` and `touch -r` set mtime, and nothing can set ctime.
 */
export function identityOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

/** Equal exactly for equal listings. A path cannot contain NUL. */
export function signatureOf(listing: Listing): string {
  return [
    ...listing.files.map((file) => `${file.path}\0${file.readFrom}\0${file.identity}`),
    ...listing.refusals.map((refusal) => `${refusal.path}\0${refusal.reason}`),
    ...listing.folders,
  ].join("\0\0");
}

/** Sorts by path, by code unit. Of two Secrets with one name, the first path is served. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
