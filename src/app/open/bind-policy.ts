/**
 * Rules of the file that name no namespace speak of the one that is served. Which one that is may be known only once
 * the source is open (the pod's own), so policies are bound to it here, before any view is made.
 */
import type { Policy } from "../../core/select/policy.ts";
import type { ServedNamespaces } from "../../store/served-view.ts";

/** The policy with every rule's namespaces filled in. The rule of the default consumer, which names nothing, stays open. */
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
