/**
 * The Kubernetes source: one upstream a scope, all on one client, each followed by a reflector of src/sync. Built by
 * src/app/open/open-kubernetes.ts; implements the port src/sync/port/source.ts.
 */
import type { SchedulerLike } from "rxjs";
import { finalize } from "rxjs";
import type { Scope } from "../../core/snapshot/sync-event.ts";
import { createScopedSource } from "../../sync/scope/scopes.ts";
import type { Held, Source, Upstream } from "../../sync/port/source.ts";
import type { SyncMetrics } from "../../sync/port/sync-metrics.ts";
import type { DecodeOptions } from "../decode/decode-secret.ts";
import { decodeSecret } from "../decode/decode-secret.ts";
import type { ApiClient } from "./api/api-client.ts";
import { createDiagnoser } from "./diagnose/diagnoser.ts";
import type { OpenApiClientDeps } from "./api/open-api-client.ts";
import { openApiClient } from "./api/open-api-client.ts";
import { KUBE_PARAMETERS } from "./target/parameters.ts";
import type { ScopePlan } from "./watch/scope-plan.ts";
import { createUpstream } from "./watch/upstream.ts";

export interface KubernetesSourceDeps extends OpenApiClientDeps {
  /** From `planScopes`; at least one. */
  readonly plans: readonly ScopePlan[];
  readonly decodeOptions: DecodeOptions;
  /** --page-size: objects a page of a list. */
  readonly pageSize: number;
  /** --anti-entropy in milliseconds; 0: never. */
  readonly antiEntropyMs: number;
  readonly held: Held;
  /** Monotonic: `createMonotonicScheduler(clock)`. */
  readonly scheduler: SchedulerLike;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  readonly syncMetrics: SyncMetrics;
}

/** Sends nothing before `events$` is subscribed; unsubscribing closes every connection. */
export function createKubernetesSource(deps: KubernetesSourceDeps): Source {
  const client = openApiClient(deps);
  const diagnoser = createDiagnoser({ client, timers: deps.timers, log: deps.log });
  const upstreams = new Map(deps.plans.map((plan) => [plan.scope.id, upstreamFor(deps, client, plan)]));
  const source = createScopedSource({
    scopes: deps.plans.map(({ scope }) => scope),
    upstreamOf: (scope) => known(upstreams.get(scope.id), scope),
    held: deps.held,
    scheduler: deps.scheduler,
    random: deps.random,
    antiEntropyMs: deps.antiEntropyMs,
    metrics: deps.syncMetrics,
    log: deps.log,
    diagnose: (scope) => {
      diagnoser.diagnose(scope);
    },
  });
  const events$ = source.events$.pipe(
    finalize(() => {
      diagnoser.stop();
      client.close();
    }),
  );
  return { ...source, events$ };
}

function upstreamFor(deps: KubernetesSourceDeps, client: ApiClient, plan: ScopePlan): Upstream {
  return createUpstream({
    client,
    plan,
    clock: deps.clock,
    metrics: deps.metrics,
    parameters: deps.parameters ?? KUBE_PARAMETERS,
    pageSize: deps.pageSize,
    decode: (object) => decodeSecret(object, deps.decodeOptions),
  });
}

function known(upstream: Upstream | undefined, scope: Scope): Upstream {
  if (upstream === undefined) throw new Error(`No upstream was planned for the scope ${scope.id}.`);
  return upstream;
}
