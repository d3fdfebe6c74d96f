/**
 * Says in the log what happens in the life of a credential: something is wrong with it, it grew large, it expires soon
 * or has expired, its rotation is overdue. Each once, not at every change. Fed by the store after each event; the clock
 * side comes from `Deadlines`. Never a value: messages of problems name keys.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import type { LifetimePrefix } from "../../core/credential/lifetime.ts";
import type { ServedEntry } from "../../core/snapshot/served.ts";
import { servedEntry } from "../../core/snapshot/served.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Log } from "../../log/events.ts";
import { Deadlines } from "./deadlines.ts";

/** What is told where. */
export interface CredentialLogDeps extends LifetimePrefix {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Bytes of the values, at each change of a credential (`podkey_credential_size_bytes`). */
  readonly observeSize: (sizeBytes: number) => void;
}

/** From here on a Secret is a burden: each change costs every watcher, and etcd, the whole of it. */
const LARGE_BYTES = 256 * 1024;

const REMEDY =
  "store large files elsewhere, give each key a Secret of its own, or compress the values (podkey.dev/content-encoding: gzip)";

/** What was said of a credential last. */
interface Said {
  readonly problems: string;
  readonly isLarge: boolean;
  readonly data: Credential["data"] | undefined;
}

const NOTHING_SAID: Said = { problems: "", isLarge: false, data: undefined };

/** See the file comment. */
export class CredentialLog {
  readonly #deps: CredentialLogDeps;
  readonly #deadlines: Deadlines;
  readonly #said = new Map<CredentialKey, Said>();

  constructor(deps: CredentialLogDeps) {
    this.#deps = deps;
    this.#deadlines = new Deadlines(deps);
  }

  /** Looks at these credentials of the snapshot; those that are gone are forgotten. */
  look(snapshot: Snapshot, keys: Iterable<CredentialKey>): void {
    for (const key of keys) {
      const entry = servedEntry(snapshot, key);
      this.#deadlines.note(key, entry?.credential);
      if (entry === undefined) this.#said.delete(key);
      else this.#said.set(key, this.#say(key, entry, this.#said.get(key) ?? NOTHING_SAID));
    }
    this.#deadlines.arm();
  }

  /** No more lines. */
  stop(): void {
    this.#deadlines.stop();
  }

  #say(key: CredentialKey, entry: ServedEntry, before: Said): Said {
    const { log, observeSize } = this.#deps;
    const subject = splitCredentialKey(key);
    const problems = problemText(entry);
    if (problems !== before.problems) {
      if (problems === "") log("credential_mended", { ...subject });
      else log("credential_problem", { ...subject, problems });
    }
    const { credential, sizeBytes } = entry;
    const isLarge = sizeBytes > LARGE_BYTES;
    if (isLarge && !before.isLarge) log("credential_large", { ...subject, sizeBytes, remedy: REMEDY });
    if (credential !== undefined && credential.data !== before.data) observeSize(sizeBytes);
    return { problems, isLarge, data: credential?.data };
  }
}

function problemText({ credential, undecodable }: ServedEntry): string {
  const problems = [
    ...(credential?.problems ?? []),
    // With a last good content the problem stands there already.
    ...(undecodable === undefined || credential !== undefined ? [] : [undecodable.problem]),
  ];
  return problems.map(({ reason, message }) => `${reason}: ${message}`).join(" ");
}
