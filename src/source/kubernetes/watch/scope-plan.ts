/**
 * Turns the configuration (namespaces, selector, names) into scopes with their URLs: one watch for each namespace in
 * label mode, one for each name in names mode. Pure. With the exact `metadata.name` selector a Role with resourceNames
 * is enough: RBAC allows list and watch of named objects only in that form.
 */
import type { Scope, ScopeId } from "../../../core/snapshot/sync-event.ts";
import { TargetError } from "../failure/target-error.ts";

/** The Secrets to serve, from the configuration. */
export interface Selection {
  /** --namespace; empty: `ownNamespace`. */
  readonly namespaces: readonly string[];
  readonly allNamespaces: boolean;
  /** --names, each NAME or NS/NAME; empty: label mode. */
  readonly names: readonly string[];
  /** --selector; empty: all Secrets. Ignored in names mode. */
  readonly selector: string;
  /** The namespace podkey runs in. */
  readonly ownNamespace: string;
}

/** A scope and its request parameters. */
export interface ScopePlan {
  readonly scope: Scope;
  /** Path of the collection. */
  readonly path: string;
  /** The selectors, as query parameters. */
  readonly query: Readonly<Record<string, string>>;
}

/** Without duplicates. @throws TargetError for a name without a namespace if several are served. */
export function planScopes(selection: Selection): readonly ScopePlan[] {
  const plans = selection.names.length > 0 ? planNames(selection) : planNamespaces(selection);
  return [...new Map(plans.map((plan) => [plan.scope.id, plan])).values()];
}

function planNamespaces(selection: Selection): readonly ScopePlan[] {
  const query = selection.selector === "" ? {} : { labelSelector: selection.selector };
  if (selection.allNamespaces) {
    return [
      {
        scope: { id: "*" as ScopeId, namespace: undefined, name: undefined },
        path: "/api/v1/secrets",
        query,
      },
    ];
  }
  return namespacesOf(selection).map((namespace) => ({
    scope: { id: namespace as ScopeId, namespace, name: undefined },
    path: pathOf(namespace),
    query,
  }));
}

function planNames(selection: Selection): readonly ScopePlan[] {
  return selection.names.map((entry) => {
    const slash = entry.indexOf("/");
    const name = entry.slice(slash + 1);
    const namespace = slash === -1 ? onlyNamespace(selection, name) : entry.slice(0, slash);
    return {
      scope: { id: `${namespace}/${name}` as ScopeId, namespace, name },
      path: pathOf(namespace),
      query: { fieldSelector: `metadata.name=${name}` },
    };
  });
}

function onlyNamespace(selection: Selection, name: string): string {
  const [only, ...others] = namespacesOf(selection);
  if (only !== undefined && others.length === 0 && !selection.allNamespaces) return only;
  throw new TargetError(`--names ${name} has no namespace; write NAMESPACE/${name}.`);
}

function namespacesOf(selection: Selection): readonly string[] {
  return selection.namespaces.length > 0 ? selection.namespaces : [selection.ownNamespace];
}

function pathOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

/** For messages: "secrets in namespace shop", "secret shop/db". */
export function describeScope({ namespace, name }: Scope): string {
  if (namespace === undefined) return "secrets in all namespaces";
  return name === undefined ? `secrets in namespace ${namespace}` : `secret ${namespace}/${name}`;
}
