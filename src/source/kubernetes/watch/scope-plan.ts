/**
 * From what the operator asks for (namespaces, selector, names) to scopes, each with its URL: label mode is one watch
 * a namespace, names mode one a name. Pure. The exact `metadata.name` selector is what lets a Role with resourceNames
 * suffice: RBAC allows list and watch of named objects only in that form.
 */
import type { Scope, ScopeId } from "../../../core/snapshot/sync-event.ts";
import { TargetError } from "../failure/target-error.ts";

/** What to serve, from the configuration. */
export interface Selection {
  /** --namespace; empty: the own one. */
  readonly namespaces: readonly string[];
  readonly allNamespaces: boolean;
  /** --names, each NAME or NS/NAME; empty: label mode. */
  readonly names: readonly string[];
  /** --selector; empty: everything. Ignored in names mode. */
  readonly selector: string;
  /** The namespace podkey runs in. */
  readonly ownNamespace: string;
}

/** A scope and how the API server is asked for it. */
export interface ScopePlan {
  readonly scope: Scope;
  /** Path of the collection. */
  readonly path: string;
  /** The selectors, as query parameters. */
  readonly query: Readonly<Record<string, string>>;
}

/** Plans the scopes, without doubles. @throws TargetError for a name that does not say its namespace. */
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
  throw new TargetError(`--names ${name} does not say in which namespace; write NAMESPACE/${name}.`);
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
