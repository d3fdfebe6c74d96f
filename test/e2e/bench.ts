/**
 * The state that the steps of the e2e tier share: the cluster and the images. Each step uses its own namespace, so that
 * it can run without the steps before it.
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
  /** Set-up: part of every run, also with `--from` and `--resume`. */
  readonly isSetup?: boolean;
}

/** The state of a run; the set-up steps fill it. */
export interface Bench {
  /** All files of the run except the cache. */
  readonly folder: string;
  assets?: string;
  archives?: Archives;
  node?: KubeNode;
  /** Prints a line below the running step. */
  readonly print: (line: string) => void;
}

/** A step throws this if this machine or clone cannot run it; it is counted as skipped and reported. */
export class SkipStep extends Error {}

/** The running cluster. @throws Error if it is not running. */
export function up(bench: Bench): KubeNode {
  if (bench.node === undefined) throw new Error("The cluster is not running.");
  return bench.node;
}
