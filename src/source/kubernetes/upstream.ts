/**
 * One scope of the API server as the reflector drives it: the port `Upstream` over HTTP. Made by
 * kubernetes-source.ts, one a scope.
 */
import { Subject, tap } from "rxjs";
import type { MonoTypeOperatorFunction } from "rxjs";
import type { Clock } from "../../core/clock.ts";
import type { Contact, Upstream } from "../../sync/source.ts";
import { SyncError } from "../../sync/sync-error.ts";
import { listVersions } from "./list-versions.ts";
import { listScope } from "./list.ts";
import type { ScopeRequestDeps } from "./scope-request.ts";
import { watchScope } from "./watch.ts";

/** What an upstream is made of. */
export interface UpstreamDeps extends Omit<ScopeRequestDeps, "onContact"> {
  readonly clock: Clock;
  /** The API server forbade a list or a watch. */
  readonly onForbidden: () => void;
  /** The API server allowed a list or a watch. */
  readonly onAllowed: () => void;
}

/** An upstream; nothing is sent before a subscription. */
export function createUpstream(deps: UpstreamDeps): Upstream {
  const contact = new Subject<Contact>();
  let contactAtMs = Number.NEGATIVE_INFINITY;
  const requestDeps: ScopeRequestDeps = {
    ...deps,
    onContact: (life) => {
      const nowMs = deps.clock.nowMs();
      if (nowMs - contactAtMs < deps.parameters.contactIntervalMs) return;
      contactAtMs = nowMs;
      contact.next(life);
    },
  };
  return {
    list: (request) => listScope(requestDeps, request).pipe(noticeForbidden(deps)),
    listVersions: () => listVersions(requestDeps).pipe(noticeForbidden(deps)),
    watch: (request) => watchScope(requestDeps, request).pipe(noticeForbidden(deps)),
    contact$: contact.asObservable(),
  };
}

function noticeForbidden<T>({ onForbidden, onAllowed }: UpstreamDeps): MonoTypeOperatorFunction<T> {
  return tap({
    next: onAllowed,
    error: (error: unknown) => {
      if (error instanceof SyncError && error.kind === "forbidden") onForbidden();
    },
  });
}
