/** Implements the port `Upstream` of src/sync/port/source.ts over HTTP. kubernetes-source.ts creates one for each scope. */
import { Subject } from "rxjs";
import type { Clock } from "../../../core/time/clock.ts";
import type { Contact, Upstream } from "../../../sync/port/source.ts";
import { listVersions } from "./list-versions.ts";
import { listScope } from "./list.ts";
import type { ScopeRequestDeps } from "./scope-request.ts";
import { watchScope } from "./watch.ts";

export interface UpstreamDeps extends Omit<ScopeRequestDeps, "onContact"> {
  readonly clock: Clock;
}

/** Sends nothing before a subscription. */
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
