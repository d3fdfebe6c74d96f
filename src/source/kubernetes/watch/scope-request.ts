/** The requests for one scope. Shared by list.ts, list-versions.ts and watch.ts. */
import type { Observable } from "rxjs";
import { filter, map } from "rxjs";
import type { Credential } from "../../../core/credential/credential.ts";
import type { Undecodable } from "../../../core/snapshot/sync-event.ts";
import type { Contact } from "../../../sync/port/source.ts";
import type { ApiClient } from "../api/api-client.ts";
import type { AnswerPart, ApiRequest } from "../api/api-request.ts";
import type { KubeMetrics } from "../transport/kube-metrics.ts";
import type { KubeParameters } from "../target/parameters.ts";
import type { ScopePlan } from "./scope-plan.ts";

export interface ScopeRequestDeps {
  readonly client: ApiClient;
  readonly plan: ScopePlan;
  readonly metrics: KubeMetrics;
  readonly parameters: KubeParameters;
  /** --page-size: objects a page of a list. */
  readonly pageSize: number;
  /** Decodes an object. @throws SyncError malformed if it has no readable name. */
  readonly decode: (object: unknown) => Credential | Undecodable;
  readonly onContact: (contact: Contact) => void;
}

/** A GET of the scope's collection with additional query parameters. */
export function scopeGet(
  deps: ScopeRequestDeps,
  parts: Pick<ApiRequest, "verb" | "accept" | "long" | "shortTimeout" | "asked">,
  query: Readonly<Record<string, string>>,
): Observable<AnswerPart> {
  const { path, query: selectors } = deps.plan;
  const parameters = new URLSearchParams({ ...selectors, ...query });
  return deps.client.request({
    ...parts,
    method: "GET",
    path: `${path}?${parameters.toString()}`,
    onContact: deps.onContact,
  });
}

/** Only the bytes; for short responses, where GOAWAY does not matter. */
export function bytesOf(answer: Observable<AnswerPart>): Observable<Buffer> {
  return answer.pipe(
    filter((part) => part.kind === "data"),
    map((part) => part.chunk),
  );
}
