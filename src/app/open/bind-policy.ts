/**
 * Adds the only served namespace to rules without namespaces. That namespace can be known only after the source is open (the
 * pod's own).
 */
import type { Policy } from "../../core/select/policy.ts";
import type { ServedNamespaces } from "../../store/served-view.ts";

/** The policy with the namespaces of all rules. The empty rule of the default consumer stays empty. */
export function bindPolicy(policy: Policy, namespaces: ServedNamespaces): Policy {
  const only = namespaces.kind === "fixed" ? namespaces.only : undefined;
  if (only === undefined) return policy;
  return {
    rules: policy.rules.map((rule) => {
      const isOpen = Object.keys(rule).length === 0;
      return isOpen || rule.namespaces !== undefined ? rule : { ...rule, namespaces: [only] };
    }),
  };
}
