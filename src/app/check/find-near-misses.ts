/**
 * Finds Secrets that an empty selection nearly matches. It lists names and labels from the API server, or reads the
 * manifests again without the selector. Without the permission to list, there are no near misses.
 */
import { lastValueFrom, takeWhile, timeout, toArray } from "rxjs";
import { parseSelector } from "../../core/select/selector.ts";
import { isUndecodable } from "../../core/snapshot/sync-event.ts";
import type { ApiClient } from "../../source/kubernetes/api/api-client.ts";
import { asRecord } from "../../source/content/record.ts";
import { asText } from "../../source/kubernetes/failure/parse-json.ts";
import { METADATA_ONLY, readObject } from "../../source/kubernetes/api/read-object.ts";
import type { ScopePlan } from "../../source/kubernetes/watch/scope-plan.ts";
import { describeScope } from "../../source/kubernetes/watch/scope-plan.ts";
import { SyncError } from "../../sync/port/sync-error.ts";
import type { OpenSourceDeps } from "../open/source-deps.ts";
import { openSource } from "../open/open-source.ts";
import type { LabelledSecret } from "./near-misses.ts";
import { nearMisses } from "./near-misses.ts";

/** The sentence of `nearMisses`; undefined if there is no selector, no near miss, or no permission. */
export async function findNearMisses(deps: OpenSourceDeps): Promise<string | undefined> {
  const { selector, names } = deps.config;
  if (selector === undefined || names.length > 0) return undefined;
  return nearMisses(parseSelector(selector), await listUnselected(deps));
}

/** Names and labels of all Secrets in the scopes; empty if there is no selector or no permission. */
export async function listUnselected(deps: OpenSourceDeps): Promise<readonly LabelledSecret[]> {
  const { selector, names, source } = deps.config;
  if (selector === undefined || names.length > 0) return [];
  return source === "kubernetes" ? inCluster(deps) : inFolder(deps);
}

async function inCluster(deps: OpenSourceDeps): Promise<readonly LabelledSecret[]> {
  const { withApiClient } = await import("./with-api-client.ts");
  try {
    return await withApiClient(deps, async (client, plans) => {
      const found: LabelledSecret[] = [];
      for (const plan of plans) found.push(...(await listLabels(client, plan)));
      return found;
    });
  } catch (error) {
    if (error instanceof SyncError) return [];
    throw error;
  }
}

async function listLabels(client: ApiClient, { path, scope }: ScopePlan): Promise<readonly LabelledSecret[]> {
  const what = `list the labels of ${describeScope(scope)}`;
  const { object } = await readObject(client, `${path}?limit=500`, what, METADATA_ONLY);
  const items = asRecord(object)?.["items"];
  return (Array.isArray(items) ? (items as readonly unknown[]) : []).flatMap((item) => {
    const metadata = asRecord(asRecord(item)?.["metadata"]);
    const namespace = asText(metadata?.["namespace"]);
    const name = asText(metadata?.["name"]);
    const labels = asRecord(metadata?.["labels"]) ?? {};
    return namespace === undefined || name === undefined
      ? []
      : [{ namespace, name, labels: labels as Readonly<Record<string, string>> }];
  });
}

const PATIENCE_MS = 5000;

async function inFolder(deps: OpenSourceDeps): Promise<readonly LabelledSecret[]> {
  const { source } = await openSource({ ...deps, config: { ...deps.config, selector: undefined } });
  const first$ = source.events$.pipe(
    takeWhile(({ kind }) => kind !== "reset-end"),
    timeout({ first: PATIENCE_MS }),
    toArray(),
  );
  const events = await lastValueFrom(first$, { defaultValue: [] }).catch(() => []);
  return events.flatMap((event) =>
    event.kind === "reset-item" && !isUndecodable(event.item) ? [event.item] : [],
  );
}
