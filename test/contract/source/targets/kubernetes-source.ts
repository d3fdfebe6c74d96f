/**
 * Opens the source `kubernetes` as the composition root does, on any API server: through a kubeconfig, with podkey's own
 * transport and real time. Used by the fake and the real target.
 */
import { systemClock, systemTimers } from "../../../../src/app/process/system-clock.ts";
import { NO_KUBE_METRICS } from "../../../../src/source/kubernetes/transport/kube-metrics.ts";
import { createKubernetesSource } from "../../../../src/source/kubernetes/kubernetes-source.ts";
import { KUBE_PARAMETERS } from "../../../../src/source/kubernetes/target/parameters.ts";
import { planScopes } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import { resolveTarget } from "../../../../src/source/kubernetes/target/target.ts";
import { createMonotonicScheduler } from "../../../../src/sync/scope/monotonic-scheduler.ts";
import type { Held } from "../../../../src/sync/port/source.ts";
import type { SyncMetrics } from "../../../../src/sync/port/sync-metrics.ts";
import type { OpenSource, Selection } from "../world.ts";

/** What a source is opened with. */
export interface KubernetesSourceOptions {
  readonly kubeconfig: string;
  readonly selection: Selection;
  readonly ownNamespace: string;
  readonly held: Held;
}

const nothing = (): void => undefined;

const NO_SYNC_METRICS: SyncMetrics = {
  sourceState: nothing,
  relist: nothing,
  watchRestart: nothing,
  divergence: nothing,
  backoff: nothing,
  retry: nothing,
};

/** See the file comment. Pages of 100, so that the case of 520 Secrets needs several. */
export async function openKubernetesSource(options: KubernetesSourceOptions): Promise<OpenSource> {
  const { kubeconfig, selection, ownNamespace, held } = options;
  const common = { clock: systemClock, timers: systemTimers, log: nothing, parameters: KUBE_PARAMETERS };
  const target = await resolveTarget({ ...common, env: {}, kubeconfig, context: undefined });
  const source = createKubernetesSource({
    ...common,
    target,
    plans: planScopes({
      namespaces: selection.namespaces === "all" ? [] : (selection.namespaces ?? []),
      allNamespaces: selection.namespaces === "all",
      names: selection.names ?? [],
      selector: selection.labelSelector ?? "podkey.dev/serve=true",
      ownNamespace,
    }),
    decodeOptions: { annotations: selection.annotations ?? [] },
    pageSize: 100,
    antiEntropyMs: 0,
    held,
    scheduler: createMonotonicScheduler(systemClock),
    random: Math.random,
    syncMetrics: NO_SYNC_METRICS,
    metrics: NO_KUBE_METRICS,
    qps: 0,
    burst: 0,
    version: "0.0.0-contract",
  });
  return { source, close: () => Promise.resolve() };
}
