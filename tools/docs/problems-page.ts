/**
 * docs/problems.md: every reason that may stand in a credential's `problems`.
 */
import type { ProblemFacts } from "../../src/source/content/problem-reasons.ts";
import { PROBLEM_REASONS } from "../../src/source/content/problem-reasons.ts";
import { code, generatedHead, table } from "./markdown.ts";

const INTRO = `podkey serves a credential even if something is wrong with it, and reports this in \`problems\`, because the application may be able
to use it. A problem depends on the Secret's content, never on the clock: an expired certificate does not have a problem but an
\`expire_time\` in the past. A problem names keys, never values, and only consumers that may read these keys see it. With
\`content_outdated\`, podkey serves the last good content, not what the source has now. The set of reasons is open: a client must
not fail on an unknown reason.

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
