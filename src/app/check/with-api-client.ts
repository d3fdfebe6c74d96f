/**
 * The API server that `serve` would talk to, for the questions of `podkey check`: one client for a handful of requests,
 * closed whatever happens. Loaded only where there is an API server to ask.
 */
import type { ApiClient } from "../../source/kubernetes/api/api-client.ts";
import { NO_KUBE_METRICS } from "../../source/kubernetes/transport/kube-metrics.ts";
import { openApiClient } from "../../source/kubernetes/api/open-api-client.ts";
import type { ScopePlan } from "../../source/kubernetes/watch/scope-plan.ts";
import { findTarget } from "../open/open-kubernetes.ts";
import type { OpenSourceDeps } from "../open/source-deps.ts";

/** What the questions are asked with. */
export type ApiQuestionDeps = Omit<OpenSourceDeps, "instruments" | "held">;

/** Asks, and closes the connections. @throws TargetError where no API server is configured. */
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
