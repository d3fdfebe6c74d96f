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
export const KEPT_VIEWS_LIMIT = 4;

interface Kept {
  readonly view: View;
  readonly policy: Policy;
  untilMs: number;
}

/** The kept views of one consumer. */
export class KeptViews {
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** Insertion order is order of last use. */
  readonly #kept = new Map<number, Kept>();
  #next = 1;
  #cancelSweep: (() => void) | undefined;

  constructor(deps: { readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = deps.clock;
    this.#timers = deps.timers;
  }

  /** Keeps a view for a listing that starts, under the policy it was made by; returns the listing's number. */
  keep(view: View, policy: Policy): number {
    for (const [listing, kept] of this.#kept)
      if (kept.view === view && kept.policy === policy) return this.#touch(listing, kept);
    const listing = this.#next;
    this.#next += 1;
    this.#touch(listing, { view, policy, untilMs: 0 });
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > KEPT_VIEWS_LIMIT && oldest !== undefined) this.#kept.delete(oldest);
    return listing;
  }

  /** The view of a listing, or undefined if it is gone or was made under another policy. Renews its life. */
  find(listing: number, policy: Policy): View | undefined {
    const kept = this.#kept.get(listing);
    if (kept === undefined || kept.untilMs <= this.#clock.nowMs() || kept.policy !== policy) return undefined;
    this.#touch(listing, kept);
    return kept.view;
  }

  /** Lets go of everything. */
  clear(): void {
    this.#kept.clear();
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
  }

  #touch(listing: number, kept: Kept): number {
    kept.untilMs = this.#clock.nowMs() + LISTING_LIFETIME_MS;
    this.#kept.delete(listing);
    this.#kept.set(listing, kept);
    // Without the sweep an abandoned listing would hold replaced values for as long as the process lives.
    this.#cancelSweep ??= this.#timers.after(LISTING_LIFETIME_MS, () => this.#sweep());
    return listing;
  }

  #sweep(): void {
    this.#cancelSweep = undefined;
    const nowMs = this.#clock.nowMs();
    let earliestMs: number | undefined;
    for (const [listing, kept] of this.#kept) {
      if (kept.untilMs <= nowMs) this.#kept.delete(listing);
      else earliestMs = Math.min(earliestMs ?? kept.untilMs, kept.untilMs);
    }
    if (earliestMs !== undefined)
      this.#cancelSweep = this.#timers.after(Math.max(1, earliestMs - nowMs), () => this.#sweep());
  }
}
