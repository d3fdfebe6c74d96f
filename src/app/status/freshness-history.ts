/**
 * The last hour of freshness, a sample every 30 s: what the plot of /statusz shows. 120 small records, so that a sidecar
 * can always afford it.
 */
import type { FreshnessSample } from "../../admin/freshness-plot.ts";
import type { Timers } from "../../core/time/clock.ts";
import type { Freshness } from "../../core/time/freshness.ts";

const INTERVAL_MS = 30_000;
/** Samples of an hour. */
export const SAMPLES_PER_HOUR = 3_600_000 / INTERVAL_MS;

/** Samples until it is stopped. */
export class FreshnessHistory {
  readonly #samples: FreshnessSample[] = [];
  readonly #timers: Timers;
  readonly #freshness: () => Freshness;
  #cancel: () => void;

  constructor(deps: { readonly timers: Timers; readonly freshness: () => Freshness }) {
    this.#timers = deps.timers;
    this.#freshness = deps.freshness;
    this.#cancel = this.#arm();
  }

  /** Oldest first. */
  samples(): readonly FreshnessSample[] {
    return this.#samples;
  }

  /** Takes no more samples. */
  stop(): void {
    this.#cancel();
  }

  #arm(): () => void {
    return this.#timers.after(INTERVAL_MS, () => {
      const { state, ageMs } = this.#freshness();
      this.#samples.push({ isStale: state === "STALE", ageMs });
      if (this.#samples.length > SAMPLES_PER_HOUR) this.#samples.shift();
      this.#cancel = this.#arm();
    });
  }
}
