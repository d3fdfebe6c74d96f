/**
 * Logs events of credentials: problems, a large size, and (deadlines.ts) expiry and overdue rotation. Each is logged once and
 * not at every change. The store calls it after each event. It logs names and keys, never values.
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

export interface CredentialLogDeps extends LifetimePrefix {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Called with the bytes of the values at each change of a credential. */
  readonly observeSize: (sizeBytes: number) => void;
}

/** Each change of a Secret is sent in full to every watcher, and etcd stores each version. */
const LARGE_BYTES = 256 * 1024;

const REMEDY =
  "store large files elsewhere, give each key a Secret of its own, or compress the values (podkey.dev/content-encoding: gzip)";

/** The logged state of a credential. */
interface Logged {
  readonly problems: string;
  readonly isLarge: boolean;
  readonly data: Credential["data"] | undefined;
}

const NOTHING_LOGGED: Logged = { problems: "", isLarge: false, data: undefined };

/** Logs the events of all credentials. */
export class CredentialLog {
  readonly #deps: CredentialLogDeps;
  readonly #deadlines: Deadlines;
  readonly #logged = new Map<CredentialKey, Logged>();

  constructor(deps: CredentialLogDeps) {
    this.#deps = deps;
    this.#deadlines = new Deadlines(deps);
  }

  /** Checks the credentials that an event has touched. */
  update(snapshot: Snapshot, keys: Iterable<CredentialKey>): void {
    for (const key of keys) {
      const entry = servedEntry(snapshot, key);
      this.#deadlines.update(key, entry?.credential);
      if (entry === undefined) this.#logged.delete(key);
      else this.#logged.set(key, this.#log(key, entry, this.#logged.get(key) ?? NOTHING_LOGGED));
    }
    this.#deadlines.arm();
  }

  /** Stops all timers. */
  stop(): void {
    this.#deadlines.stop();
  }

  #log(key: CredentialKey, entry: ServedEntry, before: Logged): Logged {
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
    // A credential with its last good content already has the problem.
    ...(undecodable === undefined || credential !== undefined ? [] : [undecodable.problem]),
  ];
  return problems.map(({ reason, message }) => `${reason}: ${message}`).join(" ");
}
