/**
 * The views that open listings read, so that all pages come from one revision. Views share structure, so a kept view
 * costs only what changed since. It is kept for 60 s after the last page and until the policy changes, four per consumer.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { Policy } from "../../core/select/policy.ts";
import type { View } from "../../core/view/view.ts";

/** How long a listing lives after a page of it was sent. */
export const LISTING_LIFETIME_MS = 60_000;

/** How many views are kept for a consumer; the least recently used one goes first. */
export const LIST_SNAPSHOTS_LIMIT = 4;

interface Snapshot {
  readonly view: View;
  readonly policy: Policy;
  untilMs: number;
}

/** See the file comment. One for each consumer. */
export class ListSnapshots {
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** Insertion order is order of last use. */
  readonly #snapshots = new Map<number, Snapshot>();
  #next = 1;
  #cancelSweep: (() => void) | undefined;

  constructor(deps: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = deps.clock;
    this.#timers = deps.timers;
  }

  /** Keeps a view for a new listing, with the policy that made it; returns the listing's number. */
  keep(view: View, policy: Policy): number {
    for (const [listing, snapshot] of this.#snapshots)
      if (snapshot.view === view && snapshot.policy === policy) return this.#renew(listing, snapshot);
    const listing = this.#next;
    this.#next += 1;
    this.#renew(listing, { view, policy, untilMs: 0 });
    const oldest = this.#snapshots.keys().next().value;
    if (this.#snapshots.size > LIST_SNAPSHOTS_LIMIT && oldest !== undefined) this.#snapshots.delete(oldest);
    return listing;
  }

  /** The view of a listing, kept for another 60 s; undefined if it has expired or was made with another policy. */
  find(listing: number, policy: Policy): View | undefined {
    const snapshot = this.#snapshots.get(listing);
    if (snapshot === undefined || snapshot.untilMs <= this.#clock.nowMs() || snapshot.policy !== policy)
      return undefined;
    this.#renew(listing, snapshot);
    return snapshot.view;
  }

  /** Frees all views. */
  clear(): void {
    this.#snapshots.clear();
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
  }

  #renew(listing: number, snapshot: Snapshot): number {
    snapshot.untilMs = this.#clock.nowMs() + LISTING_LIFETIME_MS;
    this.#snapshots.delete(listing);
    this.#snapshots.set(listing, snapshot);
    // Without the sweep an abandoned listing would hold replaced values until the process ends.
    this.#cancelSweep ??= this.#timers.after(LISTING_LIFETIME_MS, () => this.#sweep());
    return listing;
  }

  #sweep(): void {
    this.#cancelSweep = undefined;
    const nowMs = this.#clock.nowMs();
    let earliestMs: number | undefined;
    for (const [listing, snapshot] of this.#snapshots) {
      if (snapshot.untilMs <= nowMs) this.#snapshots.delete(listing);
      else earliestMs = Math.min(earliestMs ?? snapshot.untilMs, snapshot.untilMs);
    }
    if (earliestMs !== undefined)
      this.#cancelSweep = this.#timers.after(Math.max(1, earliestMs - nowMs), () => this.#sweep());
  }
}
