/**
 * What one policy lets its consumer see of one credential: allowed keys only, and of problems and expiry only what
 * those keys can tell (a problem of a hidden key would tell of its value). Pure.
 */
import type { Credential, Expiry } from "../credential/credential.ts";
import type { Problem } from "../credential/problem.ts";
import type { SecretValue } from "../credential/secret-value.ts";
import type { AllowedKeys, Policy } from "../select/policy.ts";
import { allowedKeys } from "../select/policy.ts";

/** The credential as the policy shows it; the same object where it shows all; undefined where it shows nothing. */
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

/** The data with allowed keys only; the same map where all are allowed. */
export function restrictData(
  data: ReadonlyMap<string, SecretValue>,
  allowed: AllowedKeys,
): ReadonlyMap<string, SecretValue> {
  return allowed === "all" ? data : new Map([...data].filter(([key]) => allowed.has(key)));
}

/** The earliest end that these keys tell of. */
function visibleExpiry(expiry: Expiry | undefined, allowed: ReadonlySet<string>): Expiry | undefined {
  if (expiry === undefined) return undefined;
  return expiry.keys.every((key) => allowed.has(key)) ? expiry : visibleExpiry(expiry.otherwise, allowed);
}

/** The problems that these keys may know of. That the content is outdated concerns every view, whatever key is bad. */
function visibleProblems(problems: readonly Problem[], allowed: ReadonlySet<string>): readonly Problem[] {
  return problems.flatMap((problem) => {
    if (problem.keys.every((key) => allowed.has(key))) return [problem];
    return problem.contentOutdated ? [OUTDATED] : [];
  });
}

/** Names neither the key nor what is wrong with it: both are outside the view. */
const OUTDATED: Problem = {
  reason: "UNDECODABLE",
  key: "",
  keys: [],
  message: "The source holds something newer that cannot be decoded; this is the last good content.",
  contentOutdated: true,
};
