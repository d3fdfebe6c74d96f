/**
 * docs/errors.md: every error reason, from the table that defines the statuses.
 */
import type { ReasonFacts } from "../../src/core/errors/errors.ts";
import { REASONS } from "../../src/core/errors/errors.ts";
import { code, generatedHead, table } from "./markdown.ts";

const INTRO = `Every status that podkey returns has exactly one \`google.rpc.ErrorInfo\` with domain \`podkey.dev\` and one of the reasons below
in \`grpc-status-details-bin\`. If a retry helps, it also has \`RetryInfo\` and the trailer \`grpc-retry-pushback-ms\`. If a field is
invalid, it also has \`BadRequest\`. The message is one sentence with the remedy and never contains a value. \`CANCELLED\`,
\`DEADLINE_EXCEEDED\`, \`UNIMPLEMENTED\` and transport errors come from the gRPC stack and have no reason.

"Does not exist" and "not allowed" look the same: \`CREDENTIAL_NOT_FOUND\` does not reveal whether a Secret exists outside the
view, and \`POLICY_DENIED\` depends on policy and request alone ([what a policy hides](api.md#what-a-policy-hides)).

`;

/** The page. */
export function errorsPage(): string {
  const rows = Object.entries<ReasonFacts>(REASONS).map(([reason, facts]) => [
    code(reason),
    code(facts.code),
    facts.retryAfterMs === undefined ? "" : `after ${String(facts.retryAfterMs / 1000)} s`,
    facts.when,
    facts.remedy,
  ]);
  return (
    generatedHead("Errors", "src/core/errors/errors.ts") +
    INTRO +
    table(["Reason", "Code", "Retry", "When", "What to do"], rows)
  );
}
