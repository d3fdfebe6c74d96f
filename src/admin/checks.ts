/**
 * The three probes as lists of named checks, and how they are written out: one word for the kubelet, a line a check
 * with `?verbose` for a person, in the form that the Kubernetes API server uses. Texts name states, never credentials.
 */

/** One thing that must hold. */
export interface Check {
  readonly name: string;
  /** Undefined while it holds; else why not, in a few value-free words. */
  readonly trouble: () => string | undefined;
}

/** What each path checks. */
export interface Probes {
  readonly livez: readonly Check[];
  readonly readyz: readonly Check[];
  readonly startupz: readonly Check[];
}

/** A probe's answer. */
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
