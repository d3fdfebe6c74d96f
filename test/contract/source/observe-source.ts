/**
 * A source under test: its events are folded into a real store with one consumer that may read everything, and recorded. Waiting is for
 * a condition, which is checked after each event. A case for something that must *not* be served writes a later Secret and waits
 * for that.
 */
import { firstValueFrom } from "rxjs";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { ConsumerView, ProofOutcome } from "../../../src/core/view/consumer-view.ts";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import type { ResetCause, SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import { isUndecodable } from "../../../src/core/snapshot/sync-event.ts";
import type { ViewChange } from "../../../src/core/view/view.ts";
import { systemClock, systemTimers } from "../../../src/app/process/system-clock.ts";
import { Store } from "../../../src/store/store.ts";
import type { Held } from "../../../src/sync/port/source.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../src/source/decode/join-parts.ts";
import type { OpenSource } from "./world.ts";

/** A running source and its events. */
export interface Observed {
  /** All events so far, in order. */
  readonly events: readonly SyncEvent[];
  /** All revisions after the first, in order. */
  readonly changes: readonly ViewChange[];
  /** Revision of the view; 0 before the first sync. */
  readonly revision: number;
  /** `NAMESPACE/NAME` of all served credentials, in the order of the view. */
  readonly names: readonly string[];
  /** The credential of this name. */
  find(namespace: string, name: string): Credential | undefined;
  /** One value as text; undefined if there is none. */
  text(namespace: string, name: string, key: string): string | undefined;
  /** Resolves as soon as the condition holds; rejects after a timeout, with what was waited for. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Resolves when this value is served. */
  untilText(namespace: string, name: string, key: string, text: string): Promise<void>;
  /** Requests a proof of everything from the source. */
  prove(): Promise<ProofOutcome>;
  relist(cause: ResetCause): void;
  /** Unsubscribes; no event may come afterwards. */
  stop(): Promise<void>;
}

/** Time for a condition. Machines under load are slow, and a failure must still report what was missing. */
const PATIENCE_MS = 15_000;

/** Opens a source by `open` and observes it. */
export async function observeSource(open: (held: Held) => Promise<OpenSource>): Promise<Observed> {
  // The source reads what is held, and the store needs the source's scopes, so one of them is created later.
  const late: { store?: Store } = {};
  const opened = await open((scope) => late.store?.held(scope) ?? new Map());
  const { source } = opened;
  const store = new Store({
    clock: systemClock,
    timers: systemTimers,
    scopes: source.scopes,
    namespaces: { kind: "fixed", only: undefined },
    limits: { maxCredentials: 10_000, maxBytes: 256 * 1024 * 1024 },
    lifetimes: { previousForMs: 0, previousMaxMs: 0 },
    joinParts: createJoinParts(DEFAULT_DECODE_OPTIONS),
    newEpoch: () => "epoch",
    relist: (scope, cause) => {
      source.relist(scope, cause);
    },
    prove: (scopes) => firstValueFrom(source.prove(scopes)),
    metrics: { event: () => undefined, dropped: () => undefined, changeServed: () => undefined },
    log: () => undefined,
  });
  late.store = store;
  return new ObservedSource(opened, store);
}

class ObservedSource implements Observed {
  readonly events: SyncEvent[] = [];
  readonly changes: ViewChange[] = [];
  readonly #opened: OpenSource;
  readonly #store: Store;
  readonly #view: ConsumerView;
  readonly #waiting = new Set<() => void>();
  readonly #subscription;

  constructor(opened: OpenSource, store: Store) {
    this.#opened = opened;
    this.#store = store;
    this.#view = store.addConsumer("contract", ALLOW_ALL);
    this.#view.onChange((change) => {
      if (change.view.number > 1) this.changes.push(change);
    });
    this.#subscription = opened.source.events$.subscribe((event) => {
      this.events.push(event);
      store.apply(event);
      for (const look of [...this.#waiting]) look();
    });
  }

  get revision(): number {
    return this.#view.current()?.number ?? 0;
  }

  get names(): readonly string[] {
    return [...(this.#view.current()?.entries.keys() ?? [])].map((key) => key.replace("\0", "/"));
  }

  find(namespace: string, name: string): Credential | undefined {
    return this.#view.current()?.entries.get(credentialKey(namespace, name))?.credential;
  }

  text(namespace: string, name: string, key: string): string | undefined {
    const value = this.find(namespace, name)?.data.get(key);
    return value === undefined ? undefined : Buffer.from(value.reveal()).toString("utf8");
  }

  until(what: string, condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const cancel = systemTimers.after(PATIENCE_MS, () => {
        this.#waiting.delete(look);
        reject(new Error(`Waited ${String(PATIENCE_MS)} ms for ${what}. ${this.#summary()}`));
      });
      const look = (): void => {
        if (!condition()) return;
        cancel();
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  untilText(namespace: string, name: string, key: string, text: string): Promise<void> {
    return this.until(`${name}.${key} = ${text}`, () => this.text(namespace, name, key) === text);
  }

  prove(): Promise<ProofOutcome> {
    return firstValueFrom(this.#opened.source.prove(this.#opened.source.scopes.map((scope) => scope.id)));
  }

  relist(cause: ResetCause): void {
    for (const scope of this.#opened.source.scopes) this.#opened.source.relist(scope.id, cause);
  }

  async stop(): Promise<void> {
    this.#subscription.unsubscribe();
    this.#store.stop();
    await this.#opened.close();
  }

  #summary(): string {
    const kinds = this.events.slice(-12).map((event) => describeEvent(event));
    return `Served: ${this.names.slice(0, 8).join(", ") || "nothing"}. Last events: ${kinds.join(", ") || "none"}.`;
  }
}

function describeEvent(event: SyncEvent): string {
  switch (event.kind) {
    case "put":
    case "reset-item":
      return `${event.kind} ${event.item.name}${isUndecodable(event.item) ? " (undecodable)" : ""}`;
    case "remove":
      return `remove ${event.gone.name}`;
    case "trouble":
      return `trouble ${event.reason ?? "over"}`;
    default:
      return event.kind;
  }
}
