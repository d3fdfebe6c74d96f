/**
 * Warns about rules without exact names: anyone who can write Secrets decides what a selector or a name pattern allows.
 */
import type { ConsumerConfig } from "../../config/schema/sidecar-config.ts";
import type { Rule } from "../../core/select/policy.ts";
import type { Finding } from "./finding.ts";

/** One finding per consumer. */
export function checkPolicies(consumers: readonly ConsumerConfig[]): readonly Finding[] {
  return consumers.map(({ name, policy }) => {
    const subject = `policy ${name}`;
    if (policy.rules.length === 0) {
      return {
        subject,
        level: "warn",
        text: "allows nothing; add rules under `allow`.",
      };
    }
    const isOpen = policy.rules.every((rule) => Object.keys(rule).length === 0);
    if (isOpen) {
      const text =
        "can read everything that is selected; to separate containers, define consumers in a configuration file.";
      return { subject, level: "ok", text };
    }
    const trusting = policy.rules.flatMap((rule, index) =>
      trustsWriters(rule) ? [`allow[${String(index)}]`] : [],
    );
    if (trusting.length === 0) return { subject, level: "ok", text: "allows exact names only." };
    const text = `${trusting.join(", ")} has no exact names, so anyone who can write Secrets decides what this consumer reads; to separate containers, list names.`;
    return { subject, level: "warn", text };
  });
}

function trustsWriters(rule: Rule): boolean {
  return rule.names === undefined || rule.names.some((name) => name.includes("*"));
}
