/**
 * What /livez, /readyz and /startupz check. Live: the event loop turns, and nothing else, because a restart would throw
 * the only good copy away. Ready: synced once and not draining. Started: the first sync and all that is required.
 */
import type { Check, Probes } from "../../admin/checks.ts";
import type { Freshness } from "../../core/time/freshness.ts";

/** What the checks look at. */
export interface ProbeDeps {
  readonly isSynced: () => boolean;
  readonly isDraining: () => boolean;
  /** What the start still waits for; undefined once started. */
  readonly waitsFor: () => string | undefined;
  readonly freshness: () => Freshness;
}

/** The three probes. */
export function probesOf(deps: ProbeDeps): Probes {
  // Answering at all is the proof.
  const loop: Check = { name: "event-loop", trouble: () => undefined };
  const sync: Check = {
    name: "first-sync",
    trouble: () => (deps.isSynced() ? undefined : (deps.freshness().reason ?? "STARTING")),
  };
  const serving: Check = {
    name: "not-draining",
    trouble: () => (deps.isDraining() ? "stopping" : undefined),
  };
  const start: Check = { name: "started", trouble: deps.waitsFor };
  return { livez: [loop], readyz: [sync, serving], startupz: [start] };
}
