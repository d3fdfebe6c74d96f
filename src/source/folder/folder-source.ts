/**
 * A source over a folder, whatever the files in it mean (`FolderReader` says that). Keeps true that the snapshot only
 * ever moves from one settled state of the folder to another: a look that saw something new is believed once a second
 * look sees the same, so neither half a file nor the gap in an editor's save is ever served.
 */
import type { Subscription } from "rxjs";
import { Observable } from "rxjs";
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { ResetCause, Scope, SyncEvent } from "../../core/snapshot/sync-event.ts";
import type { Source } from "../../sync/port/source.ts";
import type { Log } from "../../log/events.ts";
import type { Listing } from "./listing.ts";
import { FolderMovedError, signatureOf } from "./listing.ts";
import { errorCode } from "./read-listed-file.ts";
import type { FolderItem } from "./version-book.ts";
import { VersionBook } from "./version-book.ts";

/** A regular look comes this often, whatever the hints say: the data proof (contract section 1). */
export const LOOK_EVERY_MS = 10_000;
/** How long a new state of the folder must stand still before it is believed. */
export const SETTLE_MS = 50;
/** After a failed look; a watcher whose folder was deleted may never hint again. */
export const RETRY_MS = 2_000;
/** A folder that never stands still is believed all the same after this. */
export const SETTLE_AT_MOST_MS = 1_000;

/** What the files of a folder mean. */
export interface FolderReader {
  /** Looks without reading. @throws where the folder itself cannot be read. */
  list(): Promise<Listing>;
  /** The items of a listing, with different names; `resourceVersion` is filled in later. @throws FolderMovedError */
  read(listing: Listing): Promise<readonly FolderItem[]>;
}

/** What a folder source is made of. */
export interface FolderSourceDeps {
  readonly scope: Scope;
  /** For the log. */
  readonly folder: string;
  readonly reader: FolderReader;
  /** Hints that the folder changed. */
  readonly changes$: Observable<void>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** Makes the source; nothing happens before `events$` is subscribed. */
export function createFolderSource(deps: FolderSourceDeps): Source {
  const looks = new FolderLooks(deps);
  return {
    scopes: [deps.scope],
    events$: new Observable((subscriber) =>
      looks.start((event) => {
        subscriber.next(event);
      }),
    ),
    prove: () =>
      new Observable((subscriber) =>
        looks.prove((outcome) => {
          subscriber.next(outcome);
          subscriber.complete();
        }),
      ),
    relist: (_scope, cause) => {
      looks.force(cause);
    },
  };
}

/** Who waits for a look that began after they asked. */
interface Waiter {
  readonly askedAtLook: number;
  readonly done: (outcome: ProofOutcome) => void;
}

/** A state of the folder that is not believed yet. */
interface Candidate {
  readonly signature: string;
  readonly sinceMs: number;
  /** When the folder began to move. */
  readonly movingSinceMs: number;
}

type LookOutcome = { readonly ok: true; readonly published: boolean } | { readonly ok: false };

/** One look at a time; what comes meanwhile asks for exactly one more. */
class FolderLooks {
  readonly #deps: FolderSourceDeps;
  readonly #versions = new VersionBook();
  readonly #waiters = new Set<Waiter>();
  #emit: (event: SyncEvent) => void = () => undefined;
  #stopped = true;
  #looking = false;
  #settling = false;
  #hints: Subscription | undefined;
  #again = false;
  #lookNumber = 0;
  #cancelTimer: () => void = () => undefined;
  #believed: string | undefined;
  #candidate: Candidate | undefined;
  #forced: ResetCause | undefined = "initial";
  #troubled = false;

  constructor(deps: FolderSourceDeps) {
    this.#deps = deps;
  }

  start(emit: (event: SyncEvent) => void): () => void {
    this.#emit = emit;
    this.#stopped = false;
    this.#request();
    return () => {
      this.#stopped = true;
      this.#hints?.unsubscribe();
      this.#cancelTimer();
    };
  }

  /** After the first look, so that setting up a watcher on a thousand folders does not delay the first sync. */
  #listenForHints(): void {
    this.#hints ??= this.#deps.changes$.subscribe({
      next: () => {
        this.#request();
      },
      // Hints are not needed to be right: without them the regular looks go on.
      error: (error: unknown) => {
        this.#deps.log("folder_watch_failed", { folder: this.#deps.folder, cause: errorCode(error) });
      },
    });
  }

  prove(done: (outcome: ProofOutcome) => void): () => void {
    const waiter = { askedAtLook: this.#lookNumber, done };
    this.#waiters.add(waiter);
    this.#request();
    return () => this.#waiters.delete(waiter);
  }

  force(cause: ResetCause): void {
    this.#forced = cause;
    this.#request();
  }

  /** A look, now or right after the one under way. While the folder settles, its own timer looks soon enough. */
  #request(): void {
    this.#again = true;
    if (this.#looking || this.#settling || this.#stopped) return;
    this.#looking = true;
    void this.#lookWhileAsked();
  }

  async #lookWhileAsked(): Promise<void> {
    let nextMs = LOOK_EVERY_MS;
    while (this.#again && !this.#settling && !this.#stopped) {
      this.#again = false;
      this.#lookNumber += 1;
      nextMs = await this.#look();
      // A burst of writes brings a hint for each; one look per pause is enough to see that it goes on.
      this.#settling = nextMs <= SETTLE_MS;
    }
    this.#looking = false;
    if (this.#stopped) return;
    this.#listenForHints();
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.timers.after(nextMs, () => {
      this.#settling = false;
      this.#request();
    });
  }

  /** One look; answers after how long the next one is due. */
  async #look(): Promise<number> {
    try {
      const listing = await this.#deps.reader.list();
      const signature = signatureOf(listing);
      if (signature === this.#believed && this.#forced === undefined)
        return this.#conclude({ ok: true, published: false });
      const waitMs = this.#settlesInMs(signature);
      if (waitMs > 0) return waitMs;
      const items = await this.#deps.reader.read(listing);
      this.#believed = signature;
      return this.#conclude({ ok: true, published: this.#publish(items) });
    } catch (error) {
      if (error instanceof FolderMovedError) return SETTLE_MS;
      return this.#fail(error);
    }
  }

  /** 0: believe it. The first state ever, and one that a relist asks for, is believed at once. */
  #settlesInMs(signature: string): number {
    if (this.#believed === undefined || signature === this.#believed) return 0;
    const nowMs = this.#deps.clock.nowMs();
    if (this.#candidate?.signature !== signature) {
      this.#candidate = { signature, sinceMs: nowMs, movingSinceMs: this.#candidate?.movingSinceMs ?? nowMs };
    }
    const { sinceMs, movingSinceMs } = this.#candidate;
    return Math.min(sinceMs + SETTLE_MS, movingSinceMs + SETTLE_AT_MOST_MS) - nowMs;
  }

  /** Answers whether there was anything to say. */
  #publish(found: readonly FolderItem[]): boolean {
    const { items, changed } = this.#versions.number(found);
    const cause = this.#forced ?? (changed ? "scan" : undefined);
    this.#forced = undefined;
    if (cause === undefined || this.#stopped) return false;
    const scope = this.#deps.scope.id;
    this.#emit({ kind: "reset-begin", scope, cause });
    for (const item of items) this.#emit({ kind: "reset-item", scope, item });
    this.#emit({ kind: "reset-end", scope, resourceVersion: this.#versions.latest, rewound: false });
    return true;
  }

  /** Ends a look that has an outcome; the end of a reset is a proof of its own. */
  #conclude(outcome: LookOutcome): number {
    if (this.#stopped) return LOOK_EVERY_MS;
    const scope = this.#deps.scope.id;
    if (outcome.ok) {
      this.#candidate = undefined;
      this.#setTrouble(false);
      this.#emit({ kind: "contact", scope, detectsSilence: false });
      if (!outcome.published) this.#emit({ kind: "proof", scope });
    }
    for (const waiter of [...this.#waiters]) {
      if (waiter.askedAtLook >= this.#lookNumber) continue;
      this.#waiters.delete(waiter);
      waiter.done(outcome.ok ? { ok: true } : { ok: false, reason: "SOURCE_ERROR" });
    }
    return LOOK_EVERY_MS;
  }

  /** The folder is away or cannot be read: what is served stays, and a look every so often finds it again. */
  #fail(error: unknown): number {
    if (!this.#troubled) {
      this.#deps.log("folder_unreadable", { folder: this.#deps.folder, cause: errorCode(error) });
    }
    this.#setTrouble(true);
    this.#conclude({ ok: false });
    return RETRY_MS;
  }

  #setTrouble(troubled: boolean): void {
    if (troubled === this.#troubled) return;
    this.#troubled = troubled;
    if (!troubled) this.#deps.log("folder_readable", { folder: this.#deps.folder });
    this.#emit({
      kind: "trouble",
      scope: this.#deps.scope.id,
      reason: troubled ? "SOURCE_ERROR" : undefined,
    });
  }
}
