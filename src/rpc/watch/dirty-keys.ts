/**
 * What a Watch still owes its client: one mark for each credential that changed, never the change itself. So a reader
 * that stops costs a mark a key, and what it gets when it reads on is the newest state.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";

/** A credential that may differ from what the client has. */
export interface Mark {
  readonly key: CredentialKey;
  /** UID of what the client has, for `Removed`; of what came, if it had nothing. */
  readonly uid: string;
}

/** The marks of one stream. An idle stream shares the array of the change; only a slow one has a map of its own. */
export class Marks {
  #shared: readonly Mark[] | undefined;
  #own: Map<CredentialKey, Mark> | undefined;

  get isEmpty(): boolean {
    return this.#shared === undefined && this.#own === undefined;
  }

  /** Adds the marks of one change (not empty); returns how many were there already. The first mark of a key stays. */
  add(marks: readonly Mark[]): number {
    if (this.isEmpty) {
      this.#shared = marks;
      return 0;
    }
    this.#own ??= new Map(this.#shared?.map((mark) => [mark.key, mark]));
    this.#shared = undefined;
    const before = this.#own.size;
    for (const mark of marks) if (!this.#own.has(mark.key)) this.#own.set(mark.key, mark);
    return before + marks.length - this.#own.size;
  }

  /** All marks, and none are left. The same array as was added where nothing was merged. */
  take(): readonly Mark[] {
    const marks = this.#shared ?? [...(this.#own?.values() ?? [])];
    this.#shared = undefined;
    this.#own = undefined;
    return marks;
  }
}
