/**
 * The live handle that RPC and admin read a consumer's view through. Implemented by `store.ts`; everything here is
 * synchronous, so a Get never waits for anything but a first sync or a proof that it asked for.
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

/** Why a proof on demand did not come. */
export type ProofOutcome =
  | { readonly ok: true }
  /** The source could not prove it; `reason` as in Freshness. */
  | { readonly ok: false; readonly reason: StaleReason };

/** One consumer's window on the snapshot. */
export interface ConsumerView {
  /** Name of the consumer, as in metrics, logs and audit lines. */
  readonly consumer: string;
  /** Random per process and consumer; part of every Revision. */
  readonly epoch: string;
  /** The policy in force now; replaced whole on reload. */
  readonly policy: Policy;
  /** The only namespace served, or undefined when there are several. */
  readonly onlyNamespace: string | undefined;
  /** The current view; undefined before the first sync. Constant time. */
  current(): View | undefined;
  /** Freshness of an answer from this part, at this moment: the worst scope counts. */
  freshness(readScope: ReadScope): Freshness;
  /** Calls `listener` after each new view, in order; returns the way to stop it. A throw of a listener stays its own. */
  onChange(listener: (change: ViewChange) => void): () => void;
  /** Calls `listener` whenever the freshness state of any scope may have turned (FRESH to STALE or back, or its reason). */
  onFreshness(listener: () => void): () => void;
  /**
   * Asks the source to prove this part current: one metadata list, shared by all who wait, at most one a second.
   * Where it finds a difference the snapshot is repaired first. Ends at `signal`, or with `ok: false`.
   */
  demandProof(readScope: ReadScope, signal: AbortSignal): Promise<ProofOutcome>;
}
