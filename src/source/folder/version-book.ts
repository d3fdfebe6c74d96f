/**
 * Versions for what has none: a counter that grows with every change of any credential of the folder, so that the
 * snapshot's rule (only a higher version replaces) holds as it does for an API server. Starts at 1 in each process;
 * clients see it as opaque.
 */
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { credentialKey, sameContent, samePart } from "../../core/credential/credential.ts";
import type { Undecodable } from "../../core/snapshot/sync-event.ts";
import { isUndecodable } from "../../core/snapshot/sync-event.ts";

/** What a source knows of one name. */
export type FolderItem = Credential | Undecodable;

/** The items of one scan, with versions. */
export interface Numbered {
  readonly items: readonly FolderItem[];
  /** Whether anything differs from the scan before. */
  readonly changed: boolean;
}

/** Remembers the last scan. */
export class VersionBook {
  #latest = 0;
  #known: ReadonlyMap<CredentialKey, FolderItem> = new Map();

  /** The highest version given so far; "0" before the first. */
  get latest(): string {
    return String(this.#latest);
  }

  /** Gives each item its version: the known one where it says the same, else the next. Items have different names. */
  number(items: readonly FolderItem[]): Numbered {
    const next = new Map<CredentialKey, FolderItem>();
    let changed = false;
    for (const item of items) {
      const key = credentialKey(item.namespace, item.name);
      const known = this.#known.get(key);
      if (known !== undefined && saysTheSame(known, item)) {
        next.set(key, known);
        continue;
      }
      changed = true;
      this.#latest += 1;
      next.set(key, { ...item, resourceVersion: this.latest });
    }
    changed ||= next.size !== this.#known.size;
    this.#known = next;
    return { items: [...next.values()], changed };
  }
}

function saysTheSame(a: FolderItem, b: FolderItem): boolean {
  if (isUndecodable(a) || isUndecodable(b)) {
    if (!isUndecodable(a) || !isUndecodable(b)) return false;
    return (
      a.uid === b.uid && a.problem.reason === b.problem.reason && a.problem.message === b.problem.message
    );
  }
  return (
    sameContent(a, b) &&
    samePart(a.part, b.part) &&
    a.expiry?.atMs === b.expiry?.atMs &&
    a.createTimeMs === b.createTimeMs
  );
}
