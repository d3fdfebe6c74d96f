/**
 * Runs a source over a real folder: folds its events as the store does, so a test can wait for a state instead of a time.
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

/** One log line. */
export interface LogLine {
  readonly event: EventName;
  readonly fields: EventFields;
}

/** A log that records its lines. */
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

  /** The credentials of the snapshot, by `namespace/name`. */
  get credentials(): ReadonlyMap<string, Credential> {
    const all = new Map<string, Credential>();
    for (const { credential } of this.#snapshot.entries.values()) {
      if (credential !== undefined) all.set(`${credential.namespace}/${credential.name}`, credential);
    }
    return all;
  }

  /** A value as text; undefined if it does not exist. */
  text(name: string, key: string): string | undefined {
    const value = this.credentials.get(name)?.data.get(key);
    return value === undefined ? undefined : Buffer.from(value.reveal()).toString();
  }

  /** Resolves once the predicate holds; it is evaluated after every event. */
  async until(predicate: () => boolean): Promise<void> {
    while (!predicate()) await once(this.#emitter, "event");
  }

  /** Requests a proof from the source. */
  prove(): Promise<ProofOutcome> {
    return firstValueFrom(this.#source.prove(this.#source.scopes.map(({ id }) => id)));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}
