/** Creates an API client with its limiter and connection pool. Called by kubernetes-source.ts and by `podkey check`. */
import type { Clock, Timers } from "../../../core/time/clock.ts";
import type { Log } from "../../../log/events.ts";
import type { ApiClient } from "./api-client.ts";
import { createApiClient } from "./api-client.ts";
import { ConnectionPool } from "../transport/connection-pool.ts";
import type { KubeMetrics } from "../transport/kube-metrics.ts";
import type { KubeParameters } from "../target/parameters.ts";
import { KUBE_PARAMETERS } from "../target/parameters.ts";
import { createRequestLimiter } from "../transport/request-limiter.ts";
import type { Target } from "../target/target.ts";

export interface OpenApiClientDeps {
  readonly target: Target;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: KubeMetrics;
  readonly log: Log;
  /** --api-qps: requests a second over all scopes; 0: no limit. */
  readonly qps: number;
  /** --api-burst: requests at once after a pause. */
  readonly burst: number;
  /** podkey's version, for User-Agent. */
  readonly version: string;
  /** Default: KUBE_PARAMETERS. */
  readonly parameters?: KubeParameters;
}

/** Opens nothing before the first request; `close` ends the connections. */
export function openApiClient(deps: OpenApiClientDeps): ApiClient {
  const parameters = deps.parameters ?? KUBE_PARAMETERS;
  const limiter = createRequestLimiter({
    clock: deps.clock,
    timers: deps.timers,
    qps: deps.qps,
    burst: deps.burst,
    onThrottled: (seconds) => {
      deps.metrics.throttled(seconds);
    },
  });
  const pool = new ConnectionPool({ ...deps, parameters });
  return createApiClient({ ...deps, parameters, limiter, pool });
}
