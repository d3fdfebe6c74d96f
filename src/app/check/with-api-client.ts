/**
 * A client for the API server that `serve` would use, for the few requests of `podkey check`.
 */
import type { ApiClient } from "../../source/kubernetes/api/api-client.ts";
import { NO_KUBE_METRICS } from "../../source/kubernetes/transport/kube-metrics.ts";
import { openApiClient } from "../../source/kubernetes/api/open-api-client.ts";
import type { ScopePlan } from "../../source/kubernetes/watch/scope-plan.ts";
import { findTarget } from "../open/open-kubernetes.ts";
import type { OpenSourceDeps } from "../open/source-deps.ts";

/** Dependencies of a request. */
export type ApiQuestionDeps = Omit<OpenSourceDeps, "instruments" | "held">;

/** Calls `ask` and closes the connections. @throws TargetError if no API server is configured. */
export async function withApiClient<T>(
  deps: ApiQuestionDeps,
  ask: (client: ApiClient, plans: readonly ScopePlan[]) => Promise<T>,
): Promise<T> {
  const { target, plans } = await findTarget(deps);
  const client = openApiClient({
    ...deps,
    target,
    metrics: NO_KUBE_METRICS,
    qps: deps.config.apiQps,
    burst: deps.config.apiBurst,
  });
  try {
    return await ask(client, plans);
  } finally {
    client.close();
  }
}
