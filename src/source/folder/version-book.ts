/**
 * Assigns resource versions to the credentials of a folder: a counter that grows with every change, because the snapshot
 * replaces an entry only by a higher version. Starts at 1 in each process; opaque to clients.
 */
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { credentialKey } from "../../core/credential/credential.ts";
import { sameRead } from "../../core/credential/same-content.ts";
import type { Undecodable } from "../../core/snapshot/sync-event.ts";
import { isUndecodable } from "../../core/snapshot/sync-event.ts";

/** A credential of a folder, or the problem of one that cannot be decoded. */
export type FolderItem = Credential | Undecodable;

/** The items of one poll, with versions. */
export interface VersionedItems {
  readonly items: readonly FolderItem[];
  /** Whether anything differs from the previous poll. */
  readonly changed: boolean;
}

/** Holds the items of the last poll. */
export class VersionBook {
  #latest = 0;
  #known: ReadonlyMap<CredentialKey, FolderItem> = new Map();

  /** The highest version assigned so far; "0" before the first. */
  get latest(): string {
    return String(this.#latest);
  }

  /** Keeps the version of each unchanged item and assigns the next one to each other. Names must be unique. */
  assign(items: readonly FolderItem[]): VersionedItems {
    const next = new Map<CredentialKey, FolderItem>();
    let changed = false;
    for (const item of items) {
      const key = credentialKey(item.namespace, item.name);
      const known = this.#known.get(key);
      if (known !== undefined && isUnchanged(known, item)) {
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

function isUnchanged(a: FolderItem, b: FolderItem): boolean {
  if (isUndecodable(a) || isUndecodable(b)) {
    if (!isUndecodable(a) || !isUndecodable(b)) return false;
    return (
      a.uid === b.uid && a.problem.reason === b.problem.reason && a.problem.message === b.problem.message
    );
  }
  return sameRead(a, b);
}
