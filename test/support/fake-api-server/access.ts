/**
 * Who may do what at the fake API server: bearer tokens and client certificates to users, RBAC rules with the real
 * semantics of resourceNames, and switches to revoke and grant while it runs. Asked once per request, as the real one
 * does: an open watch is never cut.
 */
import { forbidden, unauthorized } from "./status.ts";

/** What is asked for. */
export interface Attributes {
  readonly verb: string;
  readonly resource: string;
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** From the path or from `fieldSelector=metadata.name=`. */
  readonly name: string | undefined;
}

/** One rule of a Role; `*` matches all verbs or resources. An absent field matches everything. */
export interface Rule {
  readonly users?: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  /** Namespaces of the RoleBindings; absent: a ClusterRoleBinding. */
  readonly namespaces?: readonly string[];
  /** Compared as literals: RBAC knows no wildcard in names. */
  readonly resourceNames?: readonly string[];
}

/** The user of a request that carries no credentials. */
export const ANONYMOUS = "system:anonymous";

const EVERYTHING: readonly Rule[] = [{ verbs: ["*"], resources: ["*"] }];

/** See the file header. Without any setting no token is needed and everything is allowed. */
export class Access {
  #tokens: ReadonlyMap<string, string> | undefined;
  #rules: readonly Rule[] = EVERYTHING;

  /** From now on only these tokens (token to user name) are known; undefined: anyone is `tester`. */
  setTokens(tokens: Readonly<Record<string, string>> | undefined): void {
    this.#tokens = tokens === undefined ? undefined : new Map(Object.entries(tokens));
  }

  /** From now on these rules and nothing else; without an argument everything is allowed again. */
  setRules(rules: readonly Rule[] = EVERYTHING): void {
    this.#rules = rules;
  }

  /** The rules in force, for SelfSubjectRulesReview. */
  rulesOf(user: string, namespace: string): readonly Rule[] {
    return this.#rules.filter((rule) => appliesTo(rule, user) && inNamespace(rule, namespace));
  }

  /**
   * The user of a request.
   * @throws ApiError 401 for a token that is not known; no token at all is the anonymous user (403 later), as measured.
   */
  authenticate(authorization: string | undefined, certificateUser: string | undefined): string {
    if (certificateUser !== undefined) return certificateUser;
    if (this.#tokens === undefined) return "tester";
    if (authorization === undefined) return ANONYMOUS;
    const user = this.#tokens.get(authorization.replace(/^Bearer\s+/i, ""));
    if (user === undefined) throw unauthorized();
    return user;
  }

  /** Whether the rules allow it. */
  allows(user: string, attributes: Attributes): boolean {
    return this.#rules.some((rule) => appliesTo(rule, user) && ruleAllows(rule, attributes));
  }

  /** @throws ApiError 403 in the words of the real server. */
  check(user: string, attributes: Attributes): void {
    if (user === ANONYMOUS || !this.allows(user, attributes)) throw forbidden({ user, ...attributes });
  }
}

function appliesTo(rule: Rule, user: string): boolean {
  return rule.users === undefined || rule.users.includes(user);
}

function inNamespace(rule: Rule, namespace: string | undefined): boolean {
  return rule.namespaces === undefined || (namespace !== undefined && rule.namespaces.includes(namespace));
}

function ruleAllows(rule: Rule, { verb, resource, namespace, name }: Attributes): boolean {
  const has = (list: readonly string[], value: string): boolean => list.includes("*") || list.includes(value);
  const nameAllowed =
    rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name));
  return (
    has(rule.verbs, verb) && has(rule.resources, resource) && inNamespace(rule, namespace) && nameAllowed
  );
}
