/**
 * The freshness of the last hour for the plot of /statusz: 120 samples, one every 30 s.
 */
import type { FreshnessSample } from "../../admin/freshness-plot.ts";
import type { Timers } from "../../core/time/clock.ts";
import type { Freshness } from "../../core/time/freshness.ts";

const INTERVAL_MS = 30_000;
/** The length of the time axis. */
export const SAMPLES_PER_HOUR = 3_600_000 / INTERVAL_MS;

/** Takes samples until it is stopped. */
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

  /** Stops taking samples. */
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
