/**
 * Drives a source over a real folder: folds its events as the store would and lets a test wait for a state instead of
 * for a time. `stop` waits until nothing of it is left.
 */
import { EventEmitter, once } from "node:events";
import { firstValueFrom } from "rxjs";
import type { ProofOutcome } from "../../../src/core/view/consumer-view.ts";
import type { Limits, Snapshot } from "../../../src/core/snapshot/snapshot.ts";
import { applyEvent } from "../../../src/core/snapshot/apply-event.ts";
import { EMPTY_SNAPSHOT } from "../../../src/core/snapshot/snapshot.ts";
import type { Credential } from "../../../src/core/credential/credential.ts";
import type { SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import type { Source } from "../../../src/sync/port/source.ts";
import type { EventFields, EventName, Log } from "../../../src/log/events.ts";

/** What was logged. */
export interface LogLine {
  readonly event: EventName;
  readonly fields: EventFields;
}

/** A log that a test reads. */
export function recordingLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  return {
    lines,
    log: (event, fields = {}) => {
      lines.push({ event, fields });
    },
  };
}

const NO_LIMITS: Limits = { maxCredentials: Infinity, maxBytes: Infinity };

/** See the file comment. */
export class FolderDrive {
  readonly events: SyncEvent[] = [];
  readonly #source: Source;
  readonly #emitter = new EventEmitter();
  readonly #subscription: { unsubscribe(): void };
  #snapshot: Snapshot = EMPTY_SNAPSHOT;

  constructor(source: Source) {
    this.#source = source;
    this.#subscription = source.events$.subscribe({
      next: (event) => {
        this.events.push(event);
        this.#snapshot = applyEvent(this.#snapshot, event, NO_LIMITS).snapshot;
        this.#emitter.emit("event");
      },
      error: (error: unknown) => {
        this.#emitter.emit("error", error);
      },
    });
  }

  /** The credentials by `namespace/name`, as the snapshot has them. */
  get credentials(): ReadonlyMap<string, Credential> {
    const all = new Map<string, Credential>();
    for (const { credential } of this.#snapshot.entries.values()) {
      if (credential !== undefined) all.set(`${credential.namespace}/${credential.name}`, credential);
    }
    return all;
  }

  /** A value as text; undefined where there is none. */
  text(name: string, key: string): string | undefined {
    const value = this.credentials.get(name)?.data.get(key);
    return value === undefined ? undefined : Buffer.from(value.reveal()).toString();
  }

  /** Resolves once the predicate holds, which is asked again after every event. */
  async until(predicate: () => boolean): Promise<void> {
    while (!predicate()) await once(this.#emitter, "event");
  }

  /** Asks the source for a proof. */
  prove(): Promise<ProofOutcome> {
    return firstValueFrom(this.#source.prove(this.#source.scopes.map(({ id }) => id)));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}
