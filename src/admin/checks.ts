/**
 * The probes as lists of checks, and their output in the format of the Kubernetes API server: `ok`, or one line per check with
 * `?verbose` or after a failure. The texts contain states, never names of credentials.
 */

/** One condition. */
export interface Check {
  readonly name: string;
  /** Undefined if the condition holds, else the reason. */
  readonly trouble: () => string | undefined;
}

/** The checks of each path. */
export interface Probes {
  readonly livez: readonly Check[];
  readonly readyz: readonly Check[];
  readonly startupz: readonly Check[];
}

/** The result of a probe. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** Runs the checks of one path. */
export function probe(name: keyof Probes, checks: readonly Check[], verbose: boolean): ProbeAnswer {
  const lines: string[] = [];
  let ok = true;
  for (const check of checks) {
    const trouble = check.trouble();
    if (trouble !== undefined) ok = false;
    lines.push(trouble === undefined ? `[+]${check.name} ok` : `[-]${check.name} failed: ${trouble}`);
  }
  if (ok && !verbose) return { ok, text: "ok\n" };
  lines.push(ok ? `${name} check passed` : `${name} check failed`);
  return { ok, text: `${lines.join("\n")}\n` };
}
