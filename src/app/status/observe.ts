/**
 * The gauges that are computed at each scrape, and the probes. Reads the store and changes nothing.
 */
import type { Check, Probes } from "../../admin/checks.ts";
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Clock } from "../../core/time/clock.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { Freshness } from "../../core/time/freshness.ts";
import { freshnessOf, worstFreshness } from "../../core/time/freshness.ts";
import type { SourceFault } from "../../sync/port/source.ts";
import type { Store } from "../../store/store.ts";
import type { MetricsRegistry } from "../../observe/metrics-registry.ts";
import { snapshotMetrics } from "../../observe/snapshot-metrics.ts";
import { sourceStates } from "../../observe/source-metrics.ts";
import { missingRequirements } from "./required.ts";
import type { Startup } from "./startup.ts";

export interface ObserveDeps {
  readonly config: SidecarConfig;
  readonly store: Store;
  readonly sourceFaults: () => readonly SourceFault[];
  readonly clock: Clock;
  readonly startup: Startup;
  readonly views: () => readonly ConsumerView[];
  readonly isDraining: () => boolean;
}

/** The freshness of the worst scope. */
export function overallFreshness(deps: Pick<ObserveDeps, "store" | "clock">): Freshness {
  return worstFreshness(scopeFreshness(deps));
}

function scopeFreshness({ store, clock }: Pick<ObserveDeps, "store" | "clock">): readonly Freshness[] {
  const nowMs = clock.nowMs();
  return store.book.scopes.map(({ id }) => freshnessOf(store.book.clocks(id), nowMs));
}

/** Computes the gauges at each scrape. */
export function observeByMetrics(metrics: MetricsRegistry, deps: ObserveDeps): void {
  const { config, store, clock } = deps;
  metrics.onScrape(
    snapshotMetrics({
      instruments: metrics.instruments,
      clock,
      credentialNames: config.metricsCredentialNames,
      lifetimePrefix: config.lifetimePrefix,
      observe: () => ({
        isSynced: store.isSynced,
        snapshot: store.snapshot(),
        freshness: overallFreshness(deps),
        scopes: scopeFreshness(deps),
        views: deps.views(),
        faults: deps.sourceFaults().length,
        requiredMissing: missingRequirements(config.require, store.snapshot()).length,
      }),
    }),
  );
  // Reflectors set the gauge of their states themselves.
  if (config.source !== "kubernetes") metrics.onScrape(() => recordFolderStates(metrics, deps));
}

function recordFolderStates({ instruments }: MetricsRegistry, { store, clock }: ObserveDeps): void {
  const states = sourceStates(instruments);
  for (const { id } of store.book.scopes) {
    const { state, reason } = freshnessOf(store.book.clocks(id), clock.nowMs());
    if (reason === "STARTING") states.record(id, "starting", undefined);
    else states.record(id, state === "FRESH" ? "live" : "stale", reason);
  }
}

/**
 * The probes. Live: the event loop answers; never tied to the source, because a restart would discard the only good copy.
 * Ready: synced once and not draining. Started: the first sync and all of `--require`.
 */
export function observeByProbes(deps: ObserveDeps): Probes {
  const { store, startup } = deps;
  const loop: Check = { name: "event-loop", trouble: () => undefined };
  const sync: Check = {
    name: "first-sync",
    trouble: () => (store.isSynced ? undefined : (overallFreshness(deps).reason ?? "STARTING")),
  };
  const serving: Check = {
    name: "not-draining",
    trouble: () => (deps.isDraining() ? "stopping" : undefined),
  };
  const start: Check = { name: "started", trouble: () => startup.waitsFor() };
  return { livez: [loop], readyz: [sync, serving], startupz: [start] };
}
