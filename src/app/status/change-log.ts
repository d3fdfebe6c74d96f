/**
 * Logs every change of a credential: its name, its new revision for each consumer, and the keys that were added, changed or
 * removed; never a value. The store calls it after each event. The credentials of the first sync are not logged.
 */
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import { sameContent } from "../../core/credential/same-content.ts";
import { servedEntry } from "../../core/snapshot/served.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import { cutField } from "../../log/cut-field.ts";
import type { Log } from "../../log/events.ts";

export interface ChangeLogDeps {
  readonly log: Log;
  readonly views: () => readonly ConsumerView[];
}

/** Logs the changes of all credentials. */
export class ChangeLog {
  readonly #deps: ChangeLogDeps;
  readonly #known = new Map<CredentialKey, Credential>();
  #isFirstSync = true;

  constructor(deps: ChangeLogDeps) {
    this.#deps = deps;
  }

  /** Logs the touched credentials whose content differs. */
  update(snapshot: Snapshot, keys: Iterable<CredentialKey>): void {
    const revisionsOf = this.#isFirstSync ? () => undefined : newRevisions(this.#deps.views());
    for (const key of keys) {
      const before = this.#known.get(key);
      const now = servedEntry(snapshot, key)?.credential;
      if (now === undefined) this.#known.delete(key);
      else this.#known.set(key, now);
      if (!this.#isFirstSync) this.#logChange(key, { before, now, revision: revisionsOf(key) });
    }
    this.#isFirstSync = false;
  }

  #logChange(key: CredentialKey, { before, now, revision }: Change): void {
    if (before === undefined && now === undefined) return;
    if (before !== undefined && now !== undefined && sameContent(before, now)) return;
    const change = before === undefined ? "added" : now === undefined ? "removed" : "changed";
    this.#deps.log("credential_changed", {
      ...splitCredentialKey(key),
      change,
      revision,
      ...keyChanges(before?.data ?? new Map(), now?.data ?? new Map()),
    });
  }
}

interface Change {
  readonly before: Credential | undefined;
  readonly now: Credential | undefined;
  readonly revision: string | undefined;
}

/** By key, the consumers whose view has just changed, as `web=7`; undefined if no consumer can read what changed. */
function newRevisions(views: readonly ConsumerView[]): (key: CredentialKey) => string | undefined {
  const latest = views.flatMap((view) => {
    const current = view.current();
    if (current === undefined) return [];
    const gone = current.tombstones.filter(({ revision }) => revision === current.number);
    return [
      {
        text: `${view.consumer}=${String(current.number)}`,
        current,
        gone: new Set(gone.map(({ key }) => key)),
      },
    ];
  });
  return (key) => {
    const changed = latest.filter(
      ({ current, gone }) => gone.has(key) || current.entries.get(key)?.revision === current.number,
    );
    return changed.length === 0 ? undefined : changed.map(({ text }) => text).join(",");
  };
}

interface KeyChanges {
  readonly keysAdded: string | undefined;
  readonly keysChanged: string | undefined;
  readonly keysRemoved: string | undefined;
}

function keyChanges(before: Credential["data"], now: Credential["data"]): KeyChanges {
  const names = (data: Credential["data"], isListed: (key: string) => boolean): string | undefined => {
    const listed = [...data.keys()].filter(isListed);
    return listed.length === 0 ? undefined : cutField(listed.join(","));
  };
  return {
    keysAdded: names(now, (key) => !before.has(key)),
    keysChanged: names(now, (key) => {
      const old = before.get(key);
      return old !== undefined && now.get(key)?.equals(old) === false;
    }),
    keysRemoved: names(before, (key) => !now.has(key)),
  };
}
