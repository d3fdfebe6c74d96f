/**
 * What outsiders are told of a running podkey: the gauges that are read at scrape time and the three probes. Reads the
 * store, changes nothing.
 */
import type { Probes } from "../../admin/checks.ts";
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Clock } from "../../core/time/clock.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { Freshness } from "../../core/time/freshness.ts";
import { freshnessOf, worstFreshness } from "../../core/time/freshness.ts";
import type { Store } from "../../store/store.ts";
import type { MetricsRegistry } from "../../observe/metrics-registry.ts";
import { snapshotMetrics } from "../../observe/snapshot-metrics.ts";
import { sourceStates } from "../../observe/source-metrics.ts";
import { probesOf } from "./probes.ts";
import { missingRequirements } from "./required.ts";
import type { Startup } from "./startup.ts";

/** What is observed. */
export interface ObserveDeps {
  readonly config: SidecarConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly startup: Startup;
  readonly views: () => readonly ConsumerView[];
  readonly isDraining: () => boolean;
}

/** Freshness of everything that is served: the worst scope counts. */
export function overallFreshness(deps: Pick<ObserveDeps, "store" | "clock">): Freshness {
  return worstFreshness(scopeFreshness(deps));
}

function scopeFreshness({ store, clock }: Pick<ObserveDeps, "store" | "clock">): readonly Freshness[] {
  const nowMs = clock.nowMs();
  return store.book.scopes.map(({ id }) => freshnessOf(store.book.clocks(id), nowMs));
}

/** Binds the gauges. */
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
        requiredMissing: missingRequirements(config.require, store.snapshot()).length,
      }),
    }),
  );
  // Reflectors tell their states themselves.
  if (config.source !== "kubernetes") metrics.onScrape(() => noteFolderStates(metrics, deps));
}

function noteFolderStates({ instruments }: MetricsRegistry, { store, clock }: ObserveDeps): void {
  const states = sourceStates(instruments);
  for (const { id } of store.book.scopes) {
    const { state, reason } = freshnessOf(store.book.clocks(id), clock.nowMs());
    if (reason === "STARTING") states.note(id, "starting", undefined);
    else states.note(id, state === "FRESH" ? "live" : "stale", reason);
  }
}

/** The probes. */
export function observeByProbes(deps: ObserveDeps): Probes {
  return probesOf({
    isSynced: () => deps.store.isSynced,
    isDraining: deps.isDraining,
    waitsFor: () => deps.startup.waitsFor(),
    freshness: () => overallFreshness(deps),
  });
}
