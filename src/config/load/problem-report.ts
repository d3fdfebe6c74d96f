/**
 * Everything that is wrong with a configuration, in one report: a person mends all of it and starts once more, not
 * once per mistake. `load.ts` collects, the command line prints `message` as it stands and exits with 2.
 */

/** One mistake. */
export interface ConfigProblem {
  /** Where: `--max-stale`, `PODKEY_MAX_STALE`, `podkey.yaml:12: consumers[0].name`. */
  readonly where: string;
  /** What is wrong and what would be right; one sentence. */
  readonly problem: string;
}

/** A configuration that cannot be used. The message is the whole report. */
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
