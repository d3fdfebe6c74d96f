/**
 * Reduces a credential to what a policy allows: the allowed keys, and only problems and expiry times that come from these keys (a
 * problem of a hidden key would reveal something about its value). Pure.
 */
import type { Credential, Expiry } from "../credential/credential.ts";
import type { Problem } from "../credential/problem.ts";
import { SecretValue } from "../credential/secret-value.ts";
import { sameContent } from "../credential/same-content.ts";
import type { AllowedKeys, Policy } from "../select/policy.ts";
import { allowedKeys } from "../select/policy.ts";

const NO_VALUE = new SecretValue(new Uint8Array());

/** The credential with what the policy allows; the same object if everything is allowed; undefined if nothing is. */
export function project(credential: Credential, policy: Policy): Credential | undefined {
  const allowed = allowedKeys(policy, credential);
  if (allowed === undefined || allowed === "all") return allowed === "all" ? credential : undefined;
  return {
    ...credential,
    data: restrictData(credential.data, allowed),
    problems: visibleProblems(credential.problems, allowed),
    expiry: visibleExpiry(credential.expiry, allowed),
  };
}

/**
 * Whether the policy shows everything of a credential that another policy has projected. If not, its bytes must not be
 * sent any more.
 */
export function showsAll(policy: Policy, projected: Credential): boolean {
  const shown = project(projected, policy);
  return shown !== undefined && sameContent(shown, projected) && shown.expiry === projected.expiry;
}

/** The same credential without its values, for `showsAll`: it keeps no old value in memory while a message waits. */
export function withoutValues(credential: Credential): Credential {
  return { ...credential, data: new Map([...credential.data.keys()].map((key) => [key, NO_VALUE])) };
}

/** The data with the allowed keys only; the same map if all are allowed. */
export function restrictData(
  data: ReadonlyMap<string, SecretValue>,
  allowed: AllowedKeys,
): ReadonlyMap<string, SecretValue> {
  return allowed === "all" ? data : new Map([...data].filter(([key]) => allowed.has(key)));
}

/** The earliest expiry that was read from these keys. */
function visibleExpiry(expiry: Expiry | undefined, allowed: ReadonlySet<string>): Expiry | undefined {
  if (expiry === undefined) return undefined;
  return expiry.keys.every((key) => allowed.has(key)) ? expiry : visibleExpiry(expiry.otherwise, allowed);
}

/** The problems of these keys. Every view reports that the content is outdated, even if the key of the problem is hidden. */
function visibleProblems(problems: readonly Problem[], allowed: ReadonlySet<string>): readonly Problem[] {
  return problems.flatMap((problem) => {
    if (problem.keys.every((key) => allowed.has(key))) return [problem];
    return problem.contentOutdated ? [OUTDATED] : [];
  });
}

/** Names neither the key nor the problem, because both are outside the view. */
const OUTDATED: Problem = {
  reason: "UNDECODABLE",
  key: "",
  keys: [],
  message: "The source holds something newer that cannot be decoded; this is the last good content.",
  contentOutdated: true,
};
