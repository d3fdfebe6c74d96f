/** One row of the comparison with kubectl, and short forms for the kubeconfigs in it. */
import type { CaseFiles, LabFacts } from "./kubeconfig-lab.ts";

/** See the file comment. */
export interface KubeconfigCase {
  /** What the kubeconfig has; the key of the recorded answers. */
  readonly name: string;
  readonly files: (facts: LabFacts) => CaseFiles;
  /** The environment besides PATH and HOME; `FOLDER` is the folder of the files. Default: KUBECONFIG=FOLDER/config. */
  readonly env?: Readonly<Record<string, string>>;
  /** `--kubeconfig`, with `FOLDER`. */
  readonly kubeconfig?: string;
  /** `--context`. */
  readonly context?: string;
  /** Why podkey does something else than kubectl; listed in docs/operations.md. */
  readonly differs?: string;
}

/** The parts of a kubeconfig with one cluster, one user and one context. */
export interface OneContext {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  /** Other fields of the file, or replacements of lists. */
  readonly more?: object;
}

/** A kubeconfig whose context `lab` has the cluster `lab` and the user `me`. The default cluster is server A with its CA. */
export function oneContext(facts: LabFacts, parts: OneContext = {}): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "lab",
    clusters: [{ name: "lab", cluster: parts.cluster ?? clusterA(facts) }],
    users: [{ name: "me", user: parts.user ?? { token: "token-of-me" } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "me", ...parts.context } }],
    ...parts.more,
  };
}

/** Server A with its CA as data. */
export function clusterA({ a, caPem }: LabFacts): object {
  return { server: a, "certificate-authority-data": base64(caPem) };
}

/** Base64 of a text. */
export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A row whose file `config` has one context. */
export function simpleCase(
  name: string,
  parts: (facts: LabFacts) => OneContext,
  more: Partial<KubeconfigCase> = {},
): KubeconfigCase {
  return { name, files: (facts) => ({ config: oneContext(facts, parts(facts)) }), ...more };
}
