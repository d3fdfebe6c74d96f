/**
 * All problems of a configuration in one error, so that a person can fix them all before the next start. The command line
 * prints the message and exits with 2.
 */

export interface ConfigProblem {
  /** `--max-stale`, `PODKEY_MAX_STALE`, `podkey.yaml:12: consumers[0].name`. */
  readonly where: string;
  /** What is wrong and what is allowed; one sentence. */
  readonly problem: string;
}

/** The configuration is not valid. The message contains all problems. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  /** @param problems at least one. */
  constructor(problems: readonly ConfigProblem[]) {
    super(reportOf(problems));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

function reportOf(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ where, problem }) => `${where}: ${problem}`);
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return only;
  return [`${String(lines.length)} problems in the configuration:`, ...lines.map((line) => `  ${line}`)].join(
    "\n",
  );
}
