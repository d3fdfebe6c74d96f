/**
 * docs/problems.md: every reason that a credential's `problems` may give.
 */
import type { ProblemFacts } from "../../src/source/content/problem-reasons.ts";
import { PROBLEM_REASONS } from "../../src/source/content/problem-reasons.ts";
import { code, generatedHead, table } from "./markdown.ts";

const INTRO = `A credential with something wrong about it is served all the same, with the fact in \`problems\`: the application may know
better. A problem is a function of the Secret's content, never of the clock (a certificate that has expired is no problem but
an \`expire_time\` in the past), names keys and never values, and is shown only to consumers that may read the keys it speaks
of. With \`content_outdated\` what is served is the last good content, not what the source holds now. The set of reasons is open:
a client must not fail on one it does not know.

`;

/** The page. */
export function problemsPage(): string {
  const rows = Object.entries<ProblemFacts>(PROBLEM_REASONS).map(([reason, { when, remedy }]) => [
    code(reason),
    when,
    remedy,
  ]);
  return (
    generatedHead("Problems of credentials", "src/source/content/problem-reasons.ts") +
    INTRO +
    table(["Reason", "When", "What to do"], rows)
  );
}
