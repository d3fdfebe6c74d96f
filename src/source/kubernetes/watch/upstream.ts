/**
 * One scope of the API server as the reflector drives it: the port `Upstream` over HTTP. Made by
 * kubernetes-source.ts, one a scope.
 */
import { Subject } from "rxjs";
import type { Clock } from "../../../core/time/clock.ts";
import type { Contact, Upstream } from "../../../sync/port/source.ts";
import { listVersions } from "./list-versions.ts";
import { listScope } from "./list.ts";
import type { ScopeRequestDeps } from "./scope-request.ts";
import { watchScope } from "./watch.ts";

/** What an upstream is made of. */
export interface UpstreamDeps extends Omit<ScopeRequestDeps, "onContact"> {
  readonly clock: Clock;
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
    list: (request) => listScope(requestDeps, request),
    listVersions: () => listVersions(requestDeps),
    watch: (request) => watchScope(requestDeps, request),
    contact$: contact.asObservable(),
  };
}
