/**
 * The metrics of the store: implements `StoreMetrics` of src/store/store.ts.
 */
import type { StoreMetrics } from "../store/store.ts";
import type { Instruments } from "./metrics-registry.ts";
import type { Tracing } from "./tracing/tracing.ts";

/** Creates the metrics of the store. Changes are also traced if tracing is on. */
export function storeMetrics(instruments: Instruments, tracing?: Tracing): StoreMetrics {
  return {
    // Contacts are not counted: they come every second and are not about data.
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
