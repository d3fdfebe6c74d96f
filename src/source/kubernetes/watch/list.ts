/**
 * Lists one scope page by page and emits each item as soon as it is decoded. Called by upstream.ts. The list is valid
 * only if `end` is emitted; after an error the reflector discards the items.
 */
import type { Observable } from "rxjs";
import { concat, concatMap, defer, map, mergeMap, of } from "rxjs";
import type { ListRequest, ListSignal } from "../../../sync/port/source.ts";
import type { Asked } from "../failure/classify-error.ts";
import { ItemSplitter } from "../api/json-items.ts";
import type { ListEnvelope } from "../api/list-envelope.ts";
import { readListEnvelope } from "../api/list-envelope.ts";
import { parseJson } from "../failure/parse-json.ts";
import { describeScope } from "./scope-plan.ts";
import type { ScopeRequestDeps } from "./scope-request.ts";
import { bytesOf, scopeGet } from "./scope-request.ts";

type PageSignal = ListSignal | { readonly kind: "page-end"; readonly page: ListEnvelope };

/** Errors with SyncError; `expired` if the continue token of a later page is too old. */
export function listScope(deps: ScopeRequestDeps, request: ListRequest): Observable<ListSignal> {
  return pagesFrom(deps, firstPage(deps, request));
}

/** "" requests the newest state (quorum read); a version: a state that is not older; "0": any cached state. */
function firstPage(
  deps: ScopeRequestDeps,
  { resourceVersion }: ListRequest,
): Readonly<Record<string, string>> {
  const limit = { limit: String(deps.pageSize) };
  if (resourceVersion === "") return limit;
  return { ...limit, resourceVersion, resourceVersionMatch: "NotOlderThan" };
}

function pagesFrom(deps: ScopeRequestDeps, query: Readonly<Record<string, string>>): Observable<ListSignal> {
  return page(deps, query).pipe(
    concatMap((signal): Observable<ListSignal> => {
      if (signal.kind !== "page-end") return of(signal);
      const { next, resourceVersion } = signal.page;
      if (next === undefined) return of({ kind: "end", resourceVersion });
      // A continue token contains its version; the API server rejects a resourceVersion beside it.
      return pagesFrom(deps, { limit: String(deps.pageSize), continue: next });
    }),
  );
}

function page(deps: ScopeRequestDeps, query: Readonly<Record<string, string>>): Observable<PageSignal> {
  const asked: Asked = { what: `list ${describeScope(deps.plan.scope)}`, initialEvents: false };
  return defer(() => {
    const splitter = new ItemSplitter(deps.parameters.maxLineBytes);
    const answer = scopeGet(deps, { verb: "list", accept: "application/json", long: false, asked }, query);
    return concat(
      bytesOf(answer).pipe(
        mergeMap((chunk) => splitter.push(chunk)),
        map((bytes): PageSignal => ({
          kind: "item",
          item: deps.decode(parseJson(bytes, "an object of a list")),
        })),
      ),
      defer(() => {
        const end = readListEnvelope(splitter.end(), ["SecretList"], asked);
        deps.metrics.listPage();
        return of<PageSignal>({ kind: "page-end", page: end });
      }),
    );
  });
}
