/**
 * What a consumer may read: rules of the configuration file, deny by default, down to the key. `couldAllow` depends on
 * policy and request only, so its answer (PERMISSION_DENIED) does not reveal what exists. `allowedKeys` needs the
 * credential and decides what the view shows of it.
 */
import type { Credential } from "../credential/credential.ts";
import { compileGlob } from "./glob.ts";
import type { Selector } from "./selector.ts";
import { selectorMatches } from "./compiled-selector.ts";

/** One rule: every field that is set must match (AND). At least one is set. */
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

/** The policy of the default consumer: it may read everything that the source selects. */
export const ALLOW_ALL: Policy = { rules: [{}] };

/** What a view may show: every key, these keys, or (undefined) nothing of the credential at all. */
export type AllowedKeys = "all" | ReadonlySet<string>;

/** What a request names. */
export interface Asked {
  /** undefined: any namespace. */
  readonly namespace: string | undefined;
  /** undefined: any name. */
  readonly name: string | undefined;
  /** undefined: no key named. */
  readonly key: string | undefined;
}

/** A rule prepared for many questions; undefined: no restriction. */
interface CompiledRule {
  readonly exactNames: ReadonlySet<string>;
  readonly globs: readonly ((name: string) => boolean)[] | undefined;
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly keys: ReadonlySet<string> | undefined;
  readonly selector: Selector | undefined;
  readonly types: ReadonlySet<string> | undefined;
}

const compiledByPolicy = new WeakMap<Policy, readonly CompiledRule[]>();

/**
 * Whether any rule could ever allow this (namespace, name, key), whatever labels and type the credential has:
 * false is POLICY_DENIED.
 */
export function couldAllow(policy: Policy, asked: Asked): boolean {
  return compiled(policy).some(
    (rule) =>
      namespaceFits(rule, asked.namespace) &&
      nameFits(rule, asked.name) &&
      (asked.key === undefined || (rule.keys?.has(asked.key) ?? true)),
  );
}

/** The keys of this credential that the policy allows; undefined: the credential is not in the view. */
export function allowedKeys(policy: Policy, credential: Credential): AllowedKeys | undefined {
  let union: ReadonlySet<string> | undefined;
  for (const rule of compiled(policy)) {
    if (!ruleFits(rule, credential)) continue;
    if (rule.keys === undefined) return "all";
    union = union?.union(rule.keys) ?? rule.keys;
  }
  return union;
}

function ruleFits(rule: CompiledRule, credential: Credential): boolean {
  return (
    namespaceFits(rule, credential.namespace) &&
    nameFits(rule, credential.name) &&
    (rule.types?.has(credential.type) ?? true) &&
    (rule.selector === undefined || selectorMatches(rule.selector, credential.labels))
  );
}

function namespaceFits({ namespaces }: CompiledRule, namespace: string | undefined): boolean {
  return namespaces === undefined || namespace === undefined || namespaces.has(namespace);
}

function nameFits({ globs, exactNames }: CompiledRule, name: string | undefined): boolean {
  return (
    globs === undefined ||
    name === undefined ||
    exactNames.has(name) ||
    globs.some((matches) => matches(name))
  );
}

function compiled(policy: Policy): readonly CompiledRule[] {
  let rules = compiledByPolicy.get(policy);
  if (rules === undefined) {
    rules = policy.rules.map(compileRule);
    compiledByPolicy.set(policy, rules);
  }
  return rules;
}

function compileRule({ names, namespaces, keys, selector, types }: Rule): CompiledRule {
  return {
    exactNames: new Set(names?.filter((name) => !name.includes("*"))),
    globs: names?.filter((name) => name.includes("*")).map(compileGlob),
    namespaces: setOf(namespaces),
    keys: setOf(keys),
    selector,
    types: setOf(types),
  };
}

function setOf(texts: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return texts === undefined ? undefined : new Set(texts);
}
