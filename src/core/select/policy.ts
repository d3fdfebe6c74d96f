/**
 * What a consumer may read: rules from the configuration file, deny by default, down to the key. Two questions
 * are kept apart. `couldAllow` is a pure function of policy and request, so its answer (PERMISSION_DENIED) tells
 * nothing about what exists. `allowedKeys` needs the credential and decides what the view shows of it.
 */
import type { Credential } from "../credential/credential.ts";
import { globMatches } from "./glob.ts";
import type { Selector } from "./selector.ts";
import { selectorMatches } from "./selector.ts";

/** One rule; all that it names must hold (AND). At least one of the fields is set. */
export interface Rule {
  /** Exact names or globs with `*`. */
  readonly names?: readonly string[];
  readonly namespaces?: readonly string[];
  /** Keys that may be read; undefined: all. */
  readonly keys?: readonly string[];
  readonly selector?: Selector;
  readonly types?: readonly string[];
}

/** All rules of a consumer; a credential is visible if any rule allows it (OR), with the union of the rules' keys. */
export interface Policy {
  readonly rules: readonly Rule[];
}

/** The policy of the one consumer that is not configured: it may read everything the source selects. */
export const ALLOW_ALL: Policy = { rules: [{}] };

/** What a view may show: every key, these keys, or (undefined) nothing of the credential at all. */
export type AllowedKeys = "all" | ReadonlySet<string>;

/** What a request asks about, as far as policy can tell without looking. */
export interface Asked {
  /** undefined: any namespace. */
  readonly namespace: string | undefined;
  /** undefined: any name. */
  readonly name: string | undefined;
  /** undefined: no key named. */
  readonly key: string | undefined;
}

/**
 * Whether any rule could ever allow this (namespace, name, key), whatever labels and type the credential has:
 * false is POLICY_DENIED.
 */
export function couldAllow(policy: Policy, asked: Asked): boolean {
  return policy.rules.some(
    (rule) =>
      namespaceFits(rule, asked.namespace) &&
      nameFits(rule, asked.name) &&
      (asked.key === undefined || rule.keys === undefined || rule.keys.includes(asked.key)),
  );
}

/** The keys of this credential that the policy lets a consumer see; undefined: the credential is not in its view. */
export function allowedKeys(policy: Policy, credential: Credential): AllowedKeys | undefined {
  let union: Set<string> | undefined;
  for (const rule of policy.rules) {
    if (!ruleFits(rule, credential)) continue;
    if (rule.keys === undefined) return "all";
    union ??= new Set();
    for (const key of rule.keys) union.add(key);
  }
  return union;
}

function ruleFits(rule: Rule, credential: Credential): boolean {
  return (
    namespaceFits(rule, credential.namespace) &&
    nameFits(rule, credential.name) &&
    (rule.types === undefined || rule.types.includes(credential.type)) &&
    (rule.selector === undefined || selectorMatches(rule.selector, credential.labels))
  );
}

function namespaceFits(rule: Rule, namespace: string | undefined): boolean {
  return rule.namespaces === undefined || namespace === undefined || rule.namespaces.includes(namespace);
}

function nameFits(rule: Rule, name: string | undefined): boolean {
  return (
    rule.names === undefined || name === undefined || rule.names.some((pattern) => globMatches(pattern, name))
  );
}
