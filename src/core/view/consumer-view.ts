/**
 * How RPC and admin read a consumer's view; `served-view.ts` implements it. All but `demandProof` is synchronous, so a Get
 * waits only for the first sync or for a proof that it requested.
 */
import type { Freshness, StaleReason } from "../time/freshness.ts";
import type { Policy } from "../select/policy.ts";
import type { View, ViewChange } from "./view.ts";

/** Which part of the source an answer is read from; decides whose freshness counts. */
export interface ReadScope {
  /** A namespace, or undefined for all served ones. */
  readonly namespace: string | undefined;
  /** Explicit names, or undefined for all. */
  readonly names: ReadonlySet<string> | undefined;
}

/** The result of a proof on demand. */
export type ProofOutcome =
  | { readonly ok: true }
  /** The source did not prove it; `reason` as in Freshness. */
  | { readonly ok: false; readonly reason: StaleReason };

/** One consumer's view of the snapshot. */
export interface ConsumerView {
  /** Name of the consumer, as in metrics, logs and audit lines. */
  readonly consumer: string;
  /** Random per process and consumer; part of every Revision. */
  readonly epoch: string;
  /** The current policy; a reload replaces it. */
  readonly policy: Policy;
  /** The only namespace that is served; undefined if there are several. */
  readonly onlyNamespace: string | undefined;
  /** The current view; undefined before the first sync. Constant time. */
  current(): View | undefined;
  /** Freshness of an answer from this part now: the worst scope counts. */
  freshness(readScope: ReadScope): Freshness;
  /** Calls `listener` after each new view, in order; returns a function that stops it. An error of a listener is contained. */
  onChange(listener: (change: ViewChange) => void): () => void;
  /** Calls `listener` after the policy and the view were replaced, before `onChange`; returns a function that stops it. */
  onPolicy(listener: () => void): () => void;
  /** Calls `listener` when the freshness state or its reason may have changed in any scope. */
  onFreshness(listener: () => void): () => void;
  /**
   * Asks the source to prove that this part is current: one metadata list for all waiting callers, at most one a second.
   * If it finds a difference, the snapshot is repaired first. Ends at `signal`, or with `ok: false`.
   */
  demandProof(readScope: ReadScope, signal: AbortSignal): Promise<ProofOutcome>;
}
