/**
 * What a Watch still owes its client: one mark for each credential that changed, never the change itself. So a reader
 * that stops costs a mark a key, and what it gets when it reads on is the newest state.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";

/** A credential that may differ from what the client has. */
export interface DirtyKey {
  readonly key: CredentialKey;
  /** UID of what the client has, for `Removed`; of what came, if it had nothing. */
  readonly uid: string;
}

/** The marks of one stream. An idle stream shares the array of the change; only a slow one has a map of its own. */
export class DirtyKeys {
  #shared: readonly DirtyKey[] | undefined;
  #own: Map<CredentialKey, DirtyKey> | undefined;

  get isEmpty(): boolean {
    return this.#shared === undefined && this.#own === undefined;
  }

  /** Adds the marks of one change (not empty); returns how many were there already. The first mark of a key stays. */
  add(dirtyKeys: readonly DirtyKey[]): number {
    if (this.isEmpty) {
      this.#shared = dirtyKeys;
      return 0;
    }
    this.#own ??= new Map(this.#shared?.map((dirty) => [dirty.key, dirty]));
    this.#shared = undefined;
    const before = this.#own.size;
    for (const dirty of dirtyKeys) if (!this.#own.has(dirty.key)) this.#own.set(dirty.key, dirty);
    return before + dirtyKeys.length - this.#own.size;
  }

  /** All marks, and none are left. The same array as was added where nothing was merged. */
  take(): readonly DirtyKey[] {
    const dirtyKeys = this.#shared ?? [...(this.#own?.values() ?? [])];
    this.#shared = undefined;
    this.#own = undefined;
    return dirtyKeys;
  }
}
