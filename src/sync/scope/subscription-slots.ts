/**
 * The subscriptions of a scope to its upstream, by slot. A signal of a subscription that was closed or replaced while the
 * signal waited in the queue is never taken for one of the subscription that follows.
 */
import type { Observable } from "rxjs";
import { defer, Subscription } from "rxjs";
import type { Slot } from "../engine/list-watch-state.ts";
import { SyncError } from "../port/sync-error.ts";

/** One subscription. `slot` is its current slot, which `promote` changes. */
export interface Link {
  slot: Slot;
  readonly subscription: Subscription;
}

/** What happens to the signals of a subscription; `isCurrent(link)` answers later whether they still count. */
export interface LinkHandlers<T> {
  readonly next: (link: Link, signal: T) => void;
  readonly completed: (link: Link) => void;
  readonly failed: (link: Link, error: SyncError) => void;
}

/** See the file comment. */
export class SubscriptionSlots {
  readonly #links = new Map<Slot, Link>();

  /** Subscribes in a slot and closes the previous subscription of the slot. */
  open<T>(slot: Slot, request: () => Observable<T>, handlers: LinkHandlers<T>): void {
    this.close(slot);
    const link: Link = { slot, subscription: new Subscription() };
    this.#links.set(slot, link);
    link.subscription.add(
      defer(request).subscribe({
        next: (signal) => handlers.next(link, signal),
        complete: () => handlers.completed(link),
        error: (error: unknown) => handlers.failed(link, asSyncError(error)),
      }),
    );
  }

  /** Whether signals of this link still count. */
  isCurrent(link: Link): boolean {
    return this.#links.get(link.slot) === link;
  }

  /** Aborts the subscription in a slot, if there is one. */
  close(slot: Slot): void {
    const link = this.#links.get(slot);
    this.#links.delete(slot);
    link?.subscription.unsubscribe();
  }

  /** Closes the main subscription and moves the successor into its slot. */
  promote(): void {
    this.close("main");
    const link = this.#links.get("successor");
    if (link === undefined) return;
    this.#links.delete("successor");
    link.slot = "main";
    this.#links.set("main", link);
  }

  /** Aborts everything. */
  clear(): void {
    for (const slot of [...this.#links.keys()]) this.close(slot);
  }
}

/** Adapters classify their errors. An unclassified error is a bug in the adapter and is retried like a server error. */
function asSyncError(error: unknown): SyncError {
  return error instanceof SyncError
    ? error
    : new SyncError("server", "the source failed in an unexpected way", { cause: error });
}
