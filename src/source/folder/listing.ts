/**
 * What a folder holds at one look, without reading any file: names and identities. Two equal signatures mean that
 * nothing was written in between, which is the data proof of the folder sources.
 */
import type { BigIntStats } from "node:fs";

/** One file that counts. */
export interface FolderFile {
  /** Below the folder, with `/`; what logs and problems name. */
  readonly path: string;
  /** Where to read it; may lie elsewhere, behind a symbolic link that was resolved at the look. */
  readonly readFrom: string;
  readonly identity: string;
}

/** Something in the folder that is left out, with the reason in words. */
export interface Refusal {
  readonly path: string;
  readonly reason: string;
}

/** One look. Files and refusals are sorted by path. */
export interface Listing {
  readonly files: readonly FolderFile[];
  readonly refusals: readonly Refusal[];
  /** Folders that count even when empty. */
  readonly folders: readonly string[];
}

/** Thrown while reading a listing: a file is not the one that was listed; look again. */
export class FolderMovedError extends Error {
  constructor(path: string) {
    super(`${path} changed while the folder was read.`);
    this.name = "FolderMovedError";
  }
}

/**
 * The identity of a file: another file behind the name, another size or a later write give another one. ctime is part
 * of it because `cp -p`, `rsync -t` and `touch -r` set mtime back, which no one can do to ctime.
 */
export function identityOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
}

/** Equal exactly where the looks saw the same. NUL cannot be part of a path. */
export function signatureOf(listing: Listing): string {
  return [
    ...listing.files.map((file) => `${file.path}\0${file.readFrom}\0${file.identity}`),
    ...listing.refusals.map((refusal) => `${refusal.path}\0${refusal.reason}`),
    ...listing.folders,
  ].join("\0\0");
}

/** Ascending by path, by code unit: the order in which the first of two equal names wins. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
