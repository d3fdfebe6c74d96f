/**
 * A source of several scopes: one reflector each, their events merged. Built by the composition root on an `Upstream`
 * for each scope. No delay at first start (it gates the app; the request limiter of the adapter sets the pace), and
 * after a common disconnect each reflector's own dice spread the reconnects over 2 s.
 */
import type { SchedulerLike } from "rxjs";
import { forkJoin, map, merge, of } from "rxjs";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { Scope, ScopeId } from "../../core/snapshot/sync-event.ts";
import type { Log } from "../../log/events.ts";
import { createReflector } from "./scope-driver.ts";
import type { Reflector } from "./scope-driver.ts";
import { createTraitsMemory } from "../port/server-traits.ts";
import type { Held, Source, Upstream } from "../port/source.ts";
import type { SyncError } from "../port/sync-error.ts";
import type { SyncMetrics } from "../port/sync-metrics.ts";

/** What a source of scopes is built from; see `ReflectorDeps` for what is passed through. */
export interface ScopedSourceDeps {
  readonly scopes: readonly Scope[];
  readonly upstreamOf: (scope: Scope) => Upstream;
  readonly held: Held;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
  /** Milliseconds; 0: none. */
  readonly antiEntropyMs: number;
  readonly metrics: SyncMetrics;
  readonly log: Log;
  /** Called once in each time of trouble of a scope that has a 403. Never throws. */
  readonly diagnose: (scope: Scope, error: SyncError) => void;
}

/** The source; what one scope learns of the server, all of them know. */
export function createScopedSource(deps: ScopedSourceDeps): Source {
  const traits = createTraitsMemory();
  const reflectors = new Map<ScopeId, Reflector>(
    deps.scopes.map((scope) => [
      scope.id,
      createReflector({
        scope: scope.id,
        upstream: deps.upstreamOf(scope),
        held: () => deps.held(scope.id),
        scheduler: deps.scheduler,
        random: deps.random,
        traits,
        antiEntropyMs: deps.antiEntropyMs,
        metrics: deps.metrics,
        log: deps.log,
        diagnose: (error) => deps.diagnose(scope, error),
      }),
    ]),
  );
  return {
    scopes: deps.scopes,
    events$: merge(...[...reflectors.values()].map((reflector) => reflector.events$)),
    prove: (scopes) => {
      const proofs = scopes.flatMap((scope) => reflectors.get(scope)?.prove() ?? []);
      return proofs.length === 0 ? of({ ok: true }) : forkJoin(proofs).pipe(map(worst));
    },
    relist: (scope, cause) => reflectors.get(scope)?.relist(cause),
  };
}

function worst(outcomes: readonly ProofOutcome[]): ProofOutcome {
  return outcomes.find((outcome) => !outcome.ok) ?? { ok: true };
}
