/**
 * docs/errors.md: every reason of an error, from the table that makes the statuses.
 */
import type { ReasonFacts } from "../../src/core/errors/errors.ts";
import { REASONS } from "../../src/core/errors/errors.ts";
import { code, generatedHead, table } from "./markdown.ts";

const INTRO = `Every status that podkey makes carries exactly one \`google.rpc.ErrorInfo\` with domain \`podkey.dev\` and one of the reasons below
in \`grpc-status-details-bin\`; where a retry helps, also \`RetryInfo\` and the trailer \`grpc-retry-pushback-ms\`; where a field is
wrong, also \`BadRequest\`. The message is one sentence with what to do, and never holds a value. \`CANCELLED\`,
\`DEADLINE_EXCEEDED\`, \`UNIMPLEMENTED\` and errors of the transport come from the gRPC stack and carry no reason.

"Not there" and "not yours" look the same: \`CREDENTIAL_NOT_FOUND\` does not tell whether a Secret exists outside the view, and
\`POLICY_DENIED\` is a function of policy and request alone.

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
