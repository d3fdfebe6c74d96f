/**
 * A source that polls a folder; a `FolderReader` turns its files into credentials. A changed listing is accepted only
 * after a second poll finds it again, so a half-written file, or the gap in an editor's save, is never served.
 */
import { setImmediate } from "node:timers/promises";
import type { Subscription } from "rxjs";
import { Observable } from "rxjs";
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { ResetCause, Scope, SyncEvent } from "../../core/snapshot/sync-event.ts";
import type { Source, SourceFault } from "../../sync/port/source.ts";
import type { Log } from "../../log/events.ts";
import type { Listing, Refusal } from "./listing.ts";
import { FolderMovedError, signatureOf } from "./listing.ts";
import { errorCode } from "./read-listed-file.ts";
import type { FolderItem } from "./version-book.ts";
import { VersionBook } from "./version-book.ts";

/** Polls happen at least this often, also without a reported change. Each is a data proof (docs/api.md). */
export const POLL_INTERVAL_MS = 10_000;
/** How long a changed listing must stay the same before it is accepted. */
export const SETTLE_MS = 50;
/** After a failed poll. A watcher whose folder was deleted may never report again. */
export const RETRY_MS = 2_000;
/** Number of items that are emitted in one turn of the event loop; 10,000 would take 40 ms. */
const ITEMS_A_TURN = 1_000;
/** A listing that keeps changing is accepted after this. */
export const SETTLE_AT_MOST_MS = 1_000;

/** Turns the files of a folder into credentials. */
export interface FolderReader {
  /** Lists without reading files. @throws the system's error if the folder itself cannot be read. */
  list(): Promise<Listing>;
  /** The items of a listing, with unique names and without `resourceVersion`. @throws FolderMovedError */
  read(listing: Listing): Promise<readonly FolderItem[]>;
  /** Files of the last `read` that cannot be used; the refusals of the listing are not among them. */
  readonly faults?: () => readonly SourceFault[];
}

export interface FolderSourceDeps {
  readonly scope: Scope;
  /** For the log. */
  readonly folder: string;
  readonly reader: FolderReader;
  /** Emits when something in the folder may have changed. */
  readonly changes$: Observable<void>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** Creates the source; nothing happens before `events$` is subscribed. */
export function createFolderSource(deps: FolderSourceDeps): Source {
  const poller = new FolderPoller(deps);
  return {
    scopes: [deps.scope],
    faults: () => poller.faults(),
    events$: new Observable((subscriber) =>
      poller.start((event) => {
        subscriber.next(event);
      }),
    ),
    prove: () =>
      new Observable((subscriber) =>
        poller.prove((outcome) => {
          subscriber.next(outcome);
          subscriber.complete();
        }),
      ),
    relist: (_scope, cause) => {
      poller.force(cause);
    },
  };
}

/** Waits for a poll that begins after the request. */
interface Waiter {
  readonly requestedAtPoll: number;
  readonly done: (outcome: ProofOutcome) => void;
}

/** A listing that is not accepted yet. */
interface Candidate {
  readonly signature: string;
  readonly sinceMs: number;
  /** When the folder began to change. */
  readonly changingSinceMs: number;
}

type PollOutcome = { readonly ok: true; readonly published: boolean } | { readonly ok: false };

/** Runs one poll at a time. All requests during a poll cause exactly one more. */
class FolderPoller {
  readonly #deps: FolderSourceDeps;
  readonly #versions = new VersionBook();
  readonly #waiters = new Set<Waiter>();
  #emit: (event: SyncEvent) => void = () => undefined;
  #stopped = true;
  #polling = false;
  #settling = false;
  #changes: Subscription | undefined;
  #again = false;
  #pollNumber = 0;
  #refusals: readonly Refusal[] = [];
  #cancelTimer: () => void = () => undefined;
  #acceptedSignature: string | undefined;
  #candidate: Candidate | undefined;
  #forcedCause: ResetCause | undefined = "initial";
  #isFailing = false;

  constructor(deps: FolderSourceDeps) {
    this.#deps = deps;
  }

  /** Entries and files that cannot be used now. */
  faults(): readonly SourceFault[] {
    const refused = this.#refusals.map(({ path, reason }) => ({ path, line: undefined, why: reason }));
    return [...refused, ...(this.#deps.reader.faults?.() ?? [])];
  }

  start(emit: (event: SyncEvent) => void): () => void {
    this.#emit = emit;
    this.#stopped = false;
    this.#request();
    return () => {
      this.#stopped = true;
      this.#emit = () => undefined;
      this.#changes?.unsubscribe();
      this.#cancelTimer();
    };
  }

  /** Called after the first poll: a watcher on a thousand folders would delay the first sync. */
  #watchForChanges(): void {
    this.#changes ??= this.#deps.changes$.subscribe({
      next: () => {
        this.#request();
      },
      // Regular polls go on without them.
      error: (error: unknown) => {
        this.#deps.log("folder_watch_failed", { folder: this.#deps.folder, cause: errorCode(error) });
      },
    });
  }

  prove(done: (outcome: ProofOutcome) => void): () => void {
    const waiter = { requestedAtPoll: this.#pollNumber, done };
    this.#waiters.add(waiter);
    this.#request();
    return () => this.#waiters.delete(waiter);
  }

  force(cause: ResetCause): void {
    this.#forcedCause = cause;
    this.#request();
  }

  /** Polls now, or right after the current poll. While the folder settles, its timer polls soon enough. */
  #request(): void {
    this.#again = true;
    if (this.#polling || this.#settling || this.#stopped) return;
    this.#polling = true;
    void this.#pollWhileRequested();
  }

  async #pollWhileRequested(): Promise<void> {
    let nextMs = POLL_INTERVAL_MS;
    while (this.#again && !this.#settling && !this.#stopped) {
      this.#again = false;
      this.#pollNumber += 1;
      nextMs = await this.#poll();
      // A burst of writes reports many changes. One poll per settle time is enough.
      this.#settling = nextMs <= SETTLE_MS;
    }
    this.#polling = false;
    if (this.#stopped) return;
    this.#watchForChanges();
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.timers.after(nextMs, () => {
      this.#settling = false;
      this.#request();
    });
  }

  /** Polls once; returns the delay until the next poll, in milliseconds. */
  async #poll(): Promise<number> {
    try {
      const listing = await this.#deps.reader.list();
      const signature = signatureOf(listing);
      if (signature === this.#acceptedSignature && this.#forcedCause === undefined)
        return this.#conclude({ ok: true, published: false });
      const waitMs = this.#settleDelayMs(signature);
      if (waitMs > 0) return waitMs;
      const items = await this.#deps.reader.read(listing);
      this.#refusals = listing.refusals;
      if (items.length > ITEMS_A_TURN) await setImmediate();
      this.#acceptedSignature = signature;
      return this.#conclude({ ok: true, published: await this.#publish(items) });
    } catch (error) {
      if (error instanceof FolderMovedError) return SETTLE_MS;
      return this.#fail(error);
    }
  }

  /** 0: accept the listing. The first one, and one that is equal to the accepted one, is accepted at once. */
  #settleDelayMs(signature: string): number {
    if (this.#acceptedSignature === undefined || signature === this.#acceptedSignature) return 0;
    const nowMs = this.#deps.clock.nowMs();
    if (this.#candidate?.signature !== signature) {
      this.#candidate = {
        signature,
        sinceMs: nowMs,
        changingSinceMs: this.#candidate?.changingSinceMs ?? nowMs,
      };
    }
    const { sinceMs, changingSinceMs } = this.#candidate;
    return Math.min(sinceMs + SETTLE_MS, changingSinceMs + SETTLE_AT_MOST_MS) - nowMs;
  }

  /** Emits the items if something changed; returns whether it did. */
  async #publish(found: readonly FolderItem[]): Promise<boolean> {
    const { items, changed } = this.#versions.assign(found);
    const cause = this.#forcedCause ?? (changed ? "scan" : undefined);
    this.#forcedCause = undefined;
    if (cause === undefined || this.#stopped) return false;
    const scope = this.#deps.scope.id;
    this.#emit({ kind: "reset-begin", scope, cause });
    for (const [index, item] of items.entries()) {
      if (items.length > ITEMS_A_TURN && index % ITEMS_A_TURN === 0) await setImmediate();
      this.#emit({ kind: "reset-item", scope, item });
    }
    this.#emit({ kind: "reset-end", scope, resourceVersion: this.#versions.latest, rewound: false });
    return true;
  }

  /** Reports the outcome of a poll. The end of a reset is already a proof. */
  #conclude(outcome: PollOutcome): number {
    if (this.#stopped) return POLL_INTERVAL_MS;
    const scope = this.#deps.scope.id;
    if (outcome.ok) {
      this.#candidate = undefined;
      this.#setFailing(false);
      this.#emit({ kind: "contact", scope, detectsSilence: false });
      if (!outcome.published) this.#emit({ kind: "proof", scope });
    }
    for (const waiter of [...this.#waiters]) {
      if (waiter.requestedAtPoll >= this.#pollNumber) continue;
      this.#waiters.delete(waiter);
      waiter.done(outcome.ok ? { ok: true } : { ok: false, reason: "SOURCE_ERROR" });
    }
    return POLL_INTERVAL_MS;
  }

  /** The folder is missing or cannot be read: the last good content stays, and polls continue. */
  #fail(error: unknown): number {
    if (!this.#isFailing) {
      this.#deps.log("folder_unreadable", { folder: this.#deps.folder, cause: errorCode(error) });
    }
    this.#setFailing(true);
    this.#conclude({ ok: false });
    return RETRY_MS;
  }

  #setFailing(isFailing: boolean): void {
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    if (!isFailing) this.#deps.log("folder_readable", { folder: this.#deps.folder });
    this.#emit({
      kind: "trouble",
      scope: this.#deps.scope.id,
      reason: isFailing ? "SOURCE_ERROR" : undefined,
    });
  }
}
