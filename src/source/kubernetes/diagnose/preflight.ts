/**
 * Explains a 403: sends access reviews and turns them into one diagnosis with the exact kubectl command. Called by
 * diagnoser.ts after a 403 and by `podkey check`. It names users, namespaces and Secrets, and never contains their data.
 */
import { firstValueFrom, toArray } from "rxjs";
import type { Scope } from "../../../core/snapshot/sync-event.ts";
import type { ApiClient } from "../api/api-client.ts";
import { asRecord } from "../../content/record.ts";
import { asText, parseJson } from "../failure/parse-json.ts";
import { bytesOf } from "../watch/scope-request.ts";
import { describeScope } from "../watch/scope-plan.ts";
import { grantCommands } from "./grant.ts";

/** The verbs that podkey needs. */
export type NeededVerb = "list" | "watch";

/** The rights in one scope. */
export interface Diagnosis {
  /** podkey's user; undefined if the API server does not report it. */
  readonly user: string | undefined;
  /** Verbs that are not allowed. Empty: nothing is missing. */
  readonly missing: readonly NeededVerb[];
  /** Entries of resourceNames with a `*`: RBAC takes them literally, so they never match. */
  readonly wildcardNames: readonly string[];
  /** One command for each missing verb that checks it. */
  readonly commands: readonly string[];
  /** The kubectl commands that grant what is missing; empty if nothing is. */
  readonly grant: string;
  /** One sentence: what is missing, for which user, how to check. */
  readonly sentence: string;
}

/** Diagnoses a scope. Rejects with a SyncError if the access reviews fail. */
export async function diagnose(client: ApiClient, scope: Scope): Promise<Diagnosis> {
  const [user, list, watch, wildcardNames] = await Promise.all([
    readUser(client),
    isAllowed(client, scope, "list"),
    isAllowed(client, scope, "watch"),
    findWildcards(client, scope),
  ]);
  const missing: readonly NeededVerb[] = [
    ...(list ? [] : ["list" as const]),
    ...(watch ? [] : ["watch" as const]),
  ];
  const commands = missing.map((verb) => canI(verb, scope, user));
  return {
    user,
    missing,
    wildcardNames,
    commands,
    grant: missing.length === 0 ? "" : grantCommands(scope, user),
    sentence: describe({ user, missing, wildcardNames, commands }, scope),
  };
}

function describe(found: Omit<Diagnosis, "sentence" | "grant">, scope: Scope): string {
  const who = found.user ?? "podkey's user";
  const [command] = found.commands;
  if (command === undefined) return `${who} may list and watch ${describeScope(scope)}.`;
  const wildcard =
    found.wildcardNames.length === 0
      ? ""
      : ` A Role names ${found.wildcardNames.join(", ")} in resourceNames: RBAC does not support wildcards there, so it matches nothing; write the exact names.`;
  return `${who} may not ${found.missing.join(" or ")} ${describeScope(scope)}; check with: ${command}.${wildcard}`;
}

function canI(verb: NeededVerb, { namespace, name }: Scope, user: string | undefined): string {
  const what = name === undefined ? "secrets" : `secrets/${name}`;
  const where = namespace === undefined ? "--all-namespaces" : `-n ${namespace}`;
  return `kubectl auth can-i ${verb} ${what} ${where}${user === undefined ? "" : ` --as=${user}`}`;
}

async function isAllowed(client: ApiClient, { namespace, name }: Scope, verb: NeededVerb): Promise<boolean> {
  const resourceAttributes = {
    verb,
    resource: "secrets",
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
  const status = await review(client, "authorization.k8s.io", "SelfSubjectAccessReview", {
    resourceAttributes,
  });
  return status?.["allowed"] === true;
}

/** For display only: the rules may be incomplete with an authorizer other than RBAC. */
async function findWildcards(client: ApiClient, { namespace }: Scope): Promise<readonly string[]> {
  const status = await review(client, "authorization.k8s.io", "SelfSubjectRulesReview", {
    namespace: namespace ?? client.target.namespace,
  });
  const rules: readonly unknown[] = Array.isArray(status?.["resourceRules"]) ? status["resourceRules"] : [];
  const names = rules.flatMap((rule) => {
    const { resources, resourceNames } = asRecord(rule) ?? {};
    const aboutSecrets =
      Array.isArray(resources) && (resources.includes("secrets") || resources.includes("*"));
    return aboutSecrets && Array.isArray(resourceNames) ? (resourceNames as readonly unknown[]) : [];
  });
  return [...new Set(names.filter((name): name is string => typeof name === "string" && name.includes("*")))];
}

async function readUser(client: ApiClient): Promise<string | undefined> {
  try {
    const status = await review(client, "authentication.k8s.io", "SelfSubjectReview", undefined);
    return asText(asRecord(status?.["userInfo"])?.["username"]);
  } catch {
    // Kubernetes before 1.28 has no such review; the name is optional.
    return undefined;
  }
}

async function review(
  client: ApiClient,
  group: string,
  kind: string,
  spec: Readonly<Record<string, unknown>> | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const answer = client.request({
    verb: "review",
    method: "POST",
    path: `/apis/${group}/v1/${kind.toLowerCase()}s`,
    accept: "application/json",
    body: JSON.stringify({ apiVersion: `${group}/v1`, kind, ...(spec === undefined ? {} : { spec }) }),
    long: false,
    asked: { what: `review podkey's access (${kind})`, initialEvents: false },
  });
  const bytes = await firstValueFrom(bytesOf(answer).pipe(toArray()), { defaultValue: [] });
  return asRecord(asRecord(parseJson(Buffer.concat(bytes), "a review"))?.["status"]);
}
