/**
 * Opens the Kubernetes source. No request is sent before the app subscribes. Loaded only with `--source kubernetes`.
 */
import { nameRefsCodec } from "../../config/value/names.ts";
import { createKubernetesSource } from "../../source/kubernetes/kubernetes-source.ts";
import { KUBE_PARAMETERS } from "../../source/kubernetes/target/parameters.ts";
import type { ScopePlan } from "../../source/kubernetes/watch/scope-plan.ts";
import { planScopes } from "../../source/kubernetes/watch/scope-plan.ts";
import type { Target } from "../../source/kubernetes/target/target.ts";
import { resolveTarget } from "../../source/kubernetes/target/target.ts";
import { createMonotonicScheduler } from "../../sync/scope/monotonic-scheduler.ts";
import { kubeMetrics, syncMetrics } from "../../observe/source-metrics.ts";
import type { OpenedSource, OpenSourceDeps } from "./source-deps.ts";

/** The API server and the scopes. @throws TargetError with one sentence. */
export async function findTarget(
  deps: Pick<OpenSourceDeps, "config" | "clock" | "timers" | "log" | "env">,
): Promise<{ readonly target: Target; readonly plans: readonly ScopePlan[] }> {
  const { config } = deps;
  const { kubeconfig, context } = config;
  const target = await resolveTarget({ ...deps, parameters: KUBE_PARAMETERS, kubeconfig, context });
  const plans = planScopes({
    namespaces: config.namespace,
    allNamespaces: config.allNamespaces,
    names: config.names.map((ref) => nameRefsCodec.format([ref])),
    selector: config.selector ?? "",
    ownNamespace: target.namespace,
  });
  return { target, plans };
}

/** @throws TargetError with one sentence for the user. */
export async function openKubernetes(deps: OpenSourceDeps): Promise<OpenedSource> {
  const { config, clock, timers, log } = deps;
  const { target, plans } = await findTarget(deps);
  const source = createKubernetesSource({
    target,
    clock,
    timers,
    log,
    plans,
    metrics: kubeMetrics(deps.instruments),
    syncMetrics: syncMetrics(deps.instruments),
    qps: config.apiQps,
    burst: config.apiBurst,
    version: deps.version,
    decodeOptions: { annotations: config.annotation, lifetimePrefix: config.lifetimePrefix },
    pageSize: config.pageSize,
    antiEntropyMs: config.antiEntropy,
    held: deps.held,
    scheduler: createMonotonicScheduler(clock),
    random: Math.random,
  });
  return { source, namespaces: { kind: "fixed", only: onlyNamespace(plans) }, server: target.server.host };
}

function onlyNamespace(plans: readonly ScopePlan[]): string | undefined {
  const namespaces = new Set(plans.map(({ scope }) => scope.namespace));
  const [only] = namespaces;
  return namespaces.size === 1 ? only : undefined;
}
