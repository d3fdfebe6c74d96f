/**
 * Lists names and versions of one scope without data: PartialObjectMetadataList by content negotiation. Called by
 * upstream.ts for proofs on demand and for anti-entropy. Not paged: the API server answers from its cache, and the
 * response is read item by item.
 */
import type { Observable } from "rxjs";
import { defer, mergeMap, reduce } from "rxjs";
import { map } from "rxjs";
import type { CredentialKey } from "../../../core/credential/credential.ts";
import { credentialKey } from "../../../core/credential/credential.ts";
import type { VersionList } from "../../../sync/port/source.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { Asked } from "../failure/classify-error.ts";
import { ItemSplitter } from "../api/json-items.ts";
import { readListEnvelope } from "../api/list-envelope.ts";
import { asRecord } from "../../content/record.ts";
import { asText, parseJson } from "../failure/parse-json.ts";
import { METADATA_ONLY } from "../api/read-object.ts";
import { describeScope } from "./scope-plan.ts";
import type { ScopeRequestDeps } from "./scope-request.ts";
import { bytesOf, scopeGet } from "./scope-request.ts";

/** A consistent read (resourceVersion ""). Emits once. Errors with SyncError. */
export function listVersions(deps: ScopeRequestDeps): Observable<VersionList> {
  const asked: Asked = { what: `list the names of ${describeScope(deps.plan.scope)}`, initialEvents: false };
  return defer(() => {
    const splitter = new ItemSplitter(deps.parameters.maxLineBytes);
    const answer = scopeGet(deps, { verb: "list_versions", accept: METADATA_ONLY, long: false, asked }, {});
    return bytesOf(answer).pipe(
      mergeMap((chunk) => splitter.push(chunk)),
      reduce((versions, bytes) => addVersion(versions, bytes), new Map<CredentialKey, string>()),
      map((versions) => {
        const { resourceVersion } = readListEnvelope(splitter.end(), ["PartialObjectMetadataList"], asked);
        return { resourceVersion, versions };
      }),
    );
  });
}

function addVersion(versions: Map<CredentialKey, string>, bytes: Buffer): Map<CredentialKey, string> {
  const metadata = asRecord(asRecord(parseJson(bytes, "the metadata of an object"))?.["metadata"]);
  const namespace = asText(metadata?.["namespace"]);
  const name = asText(metadata?.["name"]);
  const version = asText(metadata?.["resourceVersion"]);
  if (namespace === undefined || name === undefined || version === undefined) {
    throw new SyncError(
      "malformed",
      "The API server sent metadata without namespace, name or resourceVersion.",
    );
  }
  return versions.set(credentialKey(namespace, name), version);
}
