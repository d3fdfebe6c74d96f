/**
 * What a List or Watch selects, read from its request once. Policy is asked here for what is named explicitly; selectors
 * and types filter silently, as contract section 2 wants. `fingerprint` stands for all of it in tokens.
 */
import { createHash } from "node:crypto";
import type { ReadScope } from "../../core/view/consumer-view.ts";
import type { CredentialKey } from "../../core/credential/credential.ts";
import { credentialKey, splitCredentialKey } from "../../core/credential/credential.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Policy } from "../../core/select/policy.ts";
import { couldAllow } from "../../core/select/policy.ts";
import type { Selector } from "../../core/select/selector.ts";
import { parseSelector, selectorMatches } from "../../core/select/selector.ts";
import type { View, ViewEntry } from "../../core/view/view.ts";
import type { Detail, FilterRequest } from "../codec/requests.ts";
import { checkNames, checkNamespace } from "./request-names.ts";

/** A checked selection. */
export interface Filter {
  /** undefined: all served ones. */
  readonly namespace: string | undefined;
  /** undefined: all. */
  readonly names: ReadonlySet<string> | undefined;
  readonly selector: Selector;
  readonly types: ReadonlySet<string> | undefined;
  readonly detail: Detail;
  /** Whose freshness an answer shows. */
  readonly readScope: ReadScope;
  /** 16 bytes that differ (but for chance) when anything above differs. */
  readonly fingerprint: Buffer;
}

/**
 * Reads and checks the filters of a request.
 * @throws PodkeyError BAD_NAME, BAD_SELECTOR, POLICY_DENIED.
 */
export function readFilter(request: FilterRequest, policy: Policy, defaultDetail: Detail): Filter {
  checkNamespace(request.namespace);
  checkNames(request.names);
  const selector = parseSelector(request.labelSelector);
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
    readScope: { namespace, names: names === undefined ? undefined : [...names] },
    fingerprint: fingerprint([
      request.namespace,
      sorted(names).join("\0"),
      request.labelSelector.trim(),
      sorted(types).join("\0"),
      detail,
    ]),
  };
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

/** Whether the filter could select a credential of this key, as far as namespace and name tell. */
export function filterCouldMatch(filter: Filter, key: CredentialKey): boolean {
  if (filter.namespace === undefined && filter.names === undefined) return true;
  const { namespace, name } = splitCredentialKey(key);
  return (
    (filter.namespace === undefined || filter.namespace === namespace) && (filter.names?.has(name) ?? true)
  );
}

/** The entries that the filter selects, in order, from the first one above `after`. Lazy. */
export function* selectEntries(
  view: View,
  filter: Filter,
  after?: CredentialKey,
): Generator<ViewEntry, void> {
  if (filter.namespace !== undefined && filter.names !== undefined) {
    // Named exactly: looking them up is cheaper than a walk, and a sidecar is mostly asked by name.
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
  // Without names a consumer without rules simply sees nothing; a namespace that it names is another matter.
  if (names.length === 0 && namespace !== undefined)
    if (!couldAllow(policy, { namespace, name: undefined, key: undefined }))
      throw policyDenied(namespace, undefined, undefined);
}

/** POLICY_DENIED for what was asked; the same whether it exists or not. */
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
    `The policy of this consumer allows nothing ${what}; add it to an allow rule in podkey's configuration.`,
    { metadata: definedOnly({ namespace, name, key }) },
  );
}

function definedOnly(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

function sorted(set: ReadonlySet<string> | undefined): readonly string[] {
  return set === undefined ? [] : [...set].sort();
}

/** Each part with its length before it, so that no two requests make one text. */
function fingerprint(parts: readonly string[]): Buffer {
  return createHash("sha256")
    .update(parts.map((part) => `${String(part.length)}:${part}`).join(""))
    .digest()
    .subarray(0, 16);
}
