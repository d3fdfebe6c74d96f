/**
 * The views that open listings read, so that all pages come from one revision. Views share structure, so keeping one
 * costs what changed since. Bounded: 60 s after the last page, four for a consumer, and never beyond its policy.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { Policy } from "../../core/select/policy.ts";
import type { View } from "../../core/view/view.ts";

/** How long a listing lives after a page of it was sent. */
export const LISTING_LIFETIME_MS = 60_000;

/** How many views a consumer's listings keep; the one that was not asked for the longest goes first. */
export const LIST_SNAPSHOTS_LIMIT = 4;

interface Snapshot {
  readonly view: View;
  readonly policy: Policy;
  untilMs: number;
}

/** The snapshot views of one consumer. */
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

  /** Keeps a view for a listing that starts, under the policy it was made by; returns the listing's number. */
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

  /** The view of a listing, or undefined if it is gone or was made under another policy. Renews its life. */
  find(listing: number, policy: Policy): View | undefined {
    const snapshot = this.#snapshots.get(listing);
    if (snapshot === undefined || snapshot.untilMs <= this.#clock.nowMs() || snapshot.policy !== policy)
      return undefined;
    this.#renew(listing, snapshot);
    return snapshot.view;
  }

  /** Lets go of everything. */
  clear(): void {
    this.#snapshots.clear();
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
  }

  #renew(listing: number, snapshot: Snapshot): number {
    snapshot.untilMs = this.#clock.nowMs() + LISTING_LIFETIME_MS;
    this.#snapshots.delete(listing);
    this.#snapshots.set(listing, snapshot);
    // Without the sweep an abandoned listing would hold replaced values for as long as the process lives.
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
