/**
 * What the steps of the e2e tier share: the cluster, the images, and the words for what every step does. A step has a
 * namespace of its own, so that any of them can be run without those before it.
 */
import type { Archives } from "./images.ts";
import type { KubeNode } from "./kube-node.ts";

/** One numbered step. */
export interface Step {
  /** Two digits; `--from` and `--resume` go by it. */
  readonly number: string;
  /** A sentence of behaviour. */
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
  /** Set-up that every run needs, wherever it resumes. */
  readonly isSetup?: boolean;
}

/** The state of a run; the set-up steps fill it. */
export interface Bench {
  /** Everything that the run writes, but for the cache. */
  readonly folder: string;
  assets?: string;
  archives?: Archives;
  node?: KubeNode;
  /** Shows a line below the running step. */
  readonly say: (line: string) => void;
}

/** A step throws this when this machine or clone cannot do it; it is counted and said, and no failure. */
export class SkipStep extends Error {}

/** The running cluster. @throws Error when it is not up. */
export function up(bench: Bench): KubeNode {
  if (bench.node === undefined) throw new Error("The cluster is not up.");
  return bench.node;
}
