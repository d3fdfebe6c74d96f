/**
 * What the store counts, bound to the instruments once so that counting is one addition. Implements the interface
 * that `store.ts` declares.
 */
import type { StoreMetrics } from "../store/store.ts";
import type { Instruments } from "./metrics-registry.ts";
import type { Tracing } from "./tracing/tracing.ts";

/** The store's view of the metrics, and of tracing where that is on. */
export function storeMetrics(instruments: Instruments, tracing?: Tracing): StoreMetrics {
  return {
    // A contact says nothing of the data and comes every second; it would drown the others.
    event: (kind) => {
      if (kind !== "contact") instruments.podkey_source_events_total.inc({ type: kind });
    },
    dropped: (reason) => instruments.podkey_events_dropped_total.inc({ reason }),
    changeServed: (seconds, revisions) => {
      instruments.podkey_change_to_served_seconds.observe(seconds);
      tracing?.changeServed(seconds, revisions);
    },
  };
}
