/**
 * A source of several scopes: one reflector for each, their events merged. The first start has no delay, because the app
 * waits for it and the request limiter of the adapter sets the pace. After a common disconnect the random numbers of each
 * reflector spread the reconnects over 2 s.
 */
import { forkJoin, map, merge, of } from "rxjs";
import type { Scope, ScopeId } from "../../core/snapshot/sync-event.ts";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import { createTraitsMemory } from "../port/server-traits.ts";
import type { Source, Upstream } from "../port/source.ts";
import type { ReflectorDeps } from "./reflector.ts";
import { Reflector } from "./reflector.ts";

export interface ScopedSourceDeps extends Omit<ReflectorDeps, "traits"> {
  readonly scopes: readonly Scope[];
  readonly upstreamOf: (scope: Scope) => Upstream;
}

/** Makes the source. What one scope learns about the server, all scopes know. */
export function createScopedSource(deps: ScopedSourceDeps): Source {
  const { scopes, upstreamOf } = deps;
  const shared: ReflectorDeps = { ...deps, traits: createTraitsMemory() };
  const reflectors = new Map<ScopeId, Reflector>(
    scopes.map((scope) => [scope.id, new Reflector(scope, upstreamOf(scope), shared)]),
  );
  return {
    scopes,
    events$: merge(...[...reflectors.values()].map((reflector) => reflector.events$)),
    prove: (ids) => {
      const proofs = ids.flatMap((id) => reflectors.get(id)?.prove() ?? []);
      return proofs.length === 0 ? of({ ok: true }) : forkJoin(proofs).pipe(map(worst));
    },
    relist: (id, cause) => reflectors.get(id)?.relist(cause),
  };
}

function worst(outcomes: readonly ProofOutcome[]): ProofOutcome {
  return outcomes.find((outcome) => !outcome.ok) ?? { ok: true };
}
