/**
 * The filters of a List or Watch, read from its request once. Namespaces and names in the request are checked against the
 * policy; the selector and the types filter silently. Tokens and Watch groups compare filters by their fingerprint.
 */
import { createHash } from "node:crypto";
import type { ReadScope } from "../../core/view/consumer-view.ts";
import type { CredentialKey } from "../../core/credential/credential.ts";
import { credentialKey, splitCredentialKey } from "../../core/credential/credential.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import { SELECTOR_LIMITS } from "../../core/errors/request-limits.ts";
import type { Policy } from "../../core/select/policy.ts";
import { couldAllow } from "../../core/select/policy.ts";
import type { Selector } from "../../core/select/selector.ts";
import { selectorMatches } from "../../core/select/compiled-selector.ts";
import { parseSelector } from "../../core/select/selector.ts";
import type { View, ViewEntry } from "../../core/view/view.ts";
import type { Detail, FilterRequest, ListRequest, WatchRequest } from "../codec/requests.ts";
import { checkNames, checkNamespace } from "./request-names.ts";

/** See the file comment. */
export interface Filter extends ReadScope {
  readonly selector: Selector;
  /** undefined: all. */
  readonly types: ReadonlySet<string> | undefined;
  readonly detail: Detail;
  /** 16 bytes of a SHA-256: equal for equal filters only. */
  readonly fingerprint: Buffer;
}

/**
 * Reads and checks the filters of a request.
 * @throws PodkeyError BAD_NAME, BAD_SELECTOR, POLICY_DENIED.
 */
export function readFilter(request: FilterRequest, policy: Policy, defaultDetail: Detail): Filter {
  checkNamespace(request.namespace);
  checkNames(request.names);
  const selector = parseSelector(request.labelSelector, SELECTOR_LIMITS);
  const namespace = request.namespace === "" ? undefined : request.namespace;
  checkPolicy(policy, namespace, request.names);
  const names = request.names.length === 0 ? undefined : new Set(request.names);
  const types = request.types.length === 0 ? undefined : new Set(request.types);
  const detail = request.detail ?? defaultDetail;
  return {
    namespace,
    names,
    selector,
    types,
    detail,
    fingerprint: fingerprint({ ...request, detail }),
  };
}

/** Memory that a list entry takes beside its text: in the array, the set and the string itself, in bytes. */
const ENTRY_BYTES = 64;

/** Estimated memory of the filters of a request while its Watch is open, in bytes. */
export function filterSizeBytes({ names, types, labelSelector }: FilterRequest): number {
  let sizeBytes = 0;
  for (const text of [...names, ...types]) sizeBytes += ENTRY_BYTES + Buffer.byteLength(text);
  // Its text, and the same as labels and values.
  return sizeBytes + 4 * Buffer.byteLength(labelSelector);
}

/** Whether the filter selects this credential. */
export function filterMatches(filter: Filter, entry: ViewEntry): boolean {
  const { credential } = entry;
  return (
    (filter.namespace === undefined || filter.namespace === credential.namespace) &&
    (filter.names?.has(credential.name) ?? true) &&
    (filter.types?.has(credential.type) ?? true) &&
    selectorMatches(filter.selector, credential.labels)
  );
}

/** Whether the filter could select a credential with this namespace and name. */
export function filterCouldMatch(filter: Filter, key: CredentialKey): boolean {
  if (filter.namespace === undefined && filter.names === undefined) return true;
  const { namespace, name } = splitCredentialKey(key);
  return (
    (filter.namespace === undefined || filter.namespace === namespace) && (filter.names?.has(name) ?? true)
  );
}

/** The entries that the filter selects, in order, starting after `after`. Lazy. */
export function* selectEntries(
  view: View,
  filter: Filter,
  after?: CredentialKey,
): Generator<ViewEntry, void> {
  if (filter.namespace !== undefined && filter.names !== undefined) {
    // Looking up exact names is cheaper than reading all entries.
    for (const name of [...filter.names].sort()) {
      const key = credentialKey(filter.namespace, name);
      const entry = after === undefined || key > after ? view.entries.get(key) : undefined;
      if (entry !== undefined && filterMatches(filter, entry)) yield entry;
    }
    return;
  }
  for (const [, entry] of view.entries.entries(after)) if (filterMatches(filter, entry)) yield entry;
}

function checkPolicy(policy: Policy, namespace: string | undefined, names: readonly string[]): void {
  for (const name of names)
    if (!couldAllow(policy, { namespace, name, key: undefined }))
      throw policyDenied(namespace, name, undefined);
  // Without names and namespace nothing is asked for explicitly: a consumer without rules gets an empty answer.
  if (names.length === 0 && namespace !== undefined)
    if (!couldAllow(policy, { namespace, name: undefined, key: undefined }))
      throw policyDenied(namespace, undefined, undefined);
}

/** POLICY_DENIED; the same error whether the credential exists or not. */
export function policyDenied(
  namespace: string | undefined,
  name: string | undefined,
  key: string | undefined,
): PodkeyError {
  const place = namespace === undefined ? "" : `${namespace}/`;
  const what =
    name === undefined
      ? `in namespace "${namespace ?? ""}"`
      : `of credential "${place}${name}"${key === undefined ? "" : `, key "${key}"`}`;
  return new PodkeyError(
    "POLICY_DENIED",
    `The policy of this consumer allows nothing ${what}; add it to an \`allow\` rule in podkey's configuration.`,
    { metadata: definedOnly({ namespace, name, key }) },
  );
}

function definedOnly(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

/** A field that does not change which credentials are selected. */
const NO_FILTER = (): string => "";

/**
 * What each field of List and Watch adds to the fingerprint. A field that is missing here does not compile: two Watches
 * that differ only in it would share a group and receive each other's messages.
 */
const FINGERPRINT_PARTS: Readonly<
  Record<keyof ListRequest | keyof WatchRequest, (request: FilterRequest) => string>
> = {
  namespace: ({ namespace }) => namespace,
  names: ({ names }) => sortedSet(names),
  labelSelector: ({ labelSelector }) => labelSelector.trim(),
  types: ({ types }) => sortedSet(types),
  detail: ({ detail }) => detail ?? "",
  pageSize: NO_FILTER,
  pageToken: NO_FILTER,
  maxAge: NO_FILTER,
  resumeToken: NO_FILTER,
  requireResume: NO_FILTER,
  heartbeatInterval: NO_FILTER,
};

function sortedSet(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join("\0");
}

/** Each part with its length before it, so that different parts never make the same text. */
function fingerprint(request: FilterRequest): Buffer {
  const parts = Object.values(FINGERPRINT_PARTS).map((part) => part(request));
  return createHash("sha256")
    .update(parts.map((part) => `${String(part.length)}:${part}`).join(""))
    .digest()
    .subarray(0, 16);
}
