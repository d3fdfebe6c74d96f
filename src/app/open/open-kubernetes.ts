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
import type { EventFields, Log } from "../../log/events.ts";
import type { ApiAccess } from "../status/startup.ts";
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
  const { config, clock, timers } = deps;
  const { target, plans } = await findTarget(deps);
  let forbidden: EventFields = {};
  const log: Log = (event, fields) => {
    if (event === "kube_forbidden") forbidden = fields ?? {};
    deps.log(event, fields);
  };
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
  const textOf = (field: string): string | undefined =>
    typeof forbidden[field] === "string" ? forbidden[field] : undefined;
  const access: ApiAccess = {
    server: target.server.href,
    kind: target.kind,
    user: () => {
      const identity = target.identity ?? "podkey's user";
      const reported = textOf("user");
      return reported === undefined ? identity : `${reported} (${identity})`;
    },
    grant: () => textOf("grant"),
  };
  const namespaces = { kind: "fixed", only: onlyNamespace(plans) } as const;
  return { source, namespaces, server: target.server.host, access };
}

function onlyNamespace(plans: readonly ScopePlan[]): string | undefined {
  const namespaces = new Set(plans.map(({ scope }) => scope.namespace));
  const [only] = namespaces;
  return namespaces.size === 1 ? only : undefined;
}
