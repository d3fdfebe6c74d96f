/**
 * Rules that trust more people than they seem to: whoever may write Secrets decides what a selector or a pattern of
 * names lets through. Exact names are the form that isolates.
 */
import type { ConsumerConfig } from "../../config/schema/sidecar-config.ts";
import type { Rule } from "../../core/select/policy.ts";
import type { Finding } from "./finding.ts";

/** A finding for each consumer. */
export function checkPolicies(consumers: readonly ConsumerConfig[]): readonly Finding[] {
  return consumers.map(({ name, policy }) => {
    const subject = `policy ${name}`;
    if (policy.rules.length === 0) {
      return {
        subject,
        level: "warn",
        text: "allows nothing; list what this consumer may read under allow.",
      };
    }
    const isOpen = policy.rules.every((rule) => Object.keys(rule).length === 0);
    if (isOpen) {
      const text =
        "reads everything that is selected; name consumers in a configuration file to part containers from each other.";
      return { subject, level: "ok", text };
    }
    const trusting = policy.rules.flatMap((rule, index) =>
      trustsWriters(rule) ? [`allow[${String(index)}]`] : [],
    );
    if (trusting.length === 0) return { subject, level: "ok", text: "names every Secret exactly." };
    const text = `${trusting.join(", ")} has no exact names, so whoever may write Secrets decides what this consumer reads; list names where containers must be kept apart.`;
    return { subject, level: "warn", text };
  });
}

function trustsWriters(rule: Rule): boolean {
  return rule.names === undefined || rule.names.some((name) => name.includes("*"));
}
