/**
 * The credentials that changed since a Watch last sent them. Only their keys are kept, never the changes: a reader that
 * stops costs one entry for each credential, and receives the newest state when it continues.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";

/** A credential that may differ from what the client has. */
export interface DirtyKey {
  readonly key: CredentialKey;
  /** For `Removed`: UID of the credential that the client has, or of the new one if it has none. */
  readonly uid: string;
}

/** The dirty keys of one stream. An idle stream shares the array of the change; only a slow one has its own map. */
export class DirtyKeys {
  #shared: readonly DirtyKey[] | undefined;
  #own: Map<CredentialKey, DirtyKey> | undefined;

  get isEmpty(): boolean {
    return this.#shared === undefined && this.#own === undefined;
  }

  /** Adds the keys of one change (not empty). An entry that exists stays. Returns how many existed. */
  add(changed: readonly DirtyKey[]): number {
    if (this.isEmpty) {
      this.#shared = changed;
      return 0;
    }
    this.#own ??= new Map(this.#shared?.map((dirty) => [dirty.key, dirty]));
    this.#shared = undefined;
    const before = this.#own.size;
    for (const dirty of changed) if (!this.#own.has(dirty.key)) this.#own.set(dirty.key, dirty);
    return before + changed.length - this.#own.size;
  }

  /** Removes and returns all entries; the same array that was added if nothing was merged. */
  take(): readonly DirtyKey[] {
    const taken = this.#shared ?? [...(this.#own?.values() ?? [])];
    this.#shared = undefined;
    this.#own = undefined;
    return taken;
  }
}
