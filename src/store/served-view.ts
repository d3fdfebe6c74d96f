/**
 * One consumer's view at run time: the current View, its listeners, and the proofs by events. The store creates and
 * updates it; RPC and admin use it as a `ConsumerView`. An error of a listener affects neither the store nor other
 * listeners.
 */
import type { ConsumerView, ProofOutcome, ReadScope } from "../core/view/consumer-view.ts";
import type { CredentialKey } from "../core/credential/credential.ts";
import { splitCredentialKey } from "../core/credential/credential.ts";
import type { Freshness, ScopeClocks, StaleReason } from "../core/time/freshness.ts";
import { freshnessOf, worstFreshness } from "../core/time/freshness.ts";
import type { Policy } from "../core/select/policy.ts";
import type { ScopeId } from "../core/snapshot/sync-event.ts";
import type { View, ViewChange } from "../core/view/view.ts";
import { NO_VIEW } from "../core/view/view-fold.ts";
import type { ScopeBook } from "./scope-book.ts";

/** Which namespaces the source serves: fixed by the configuration, or found in a folder. */
export type ServedNamespaces =
  | { readonly kind: "fixed"; readonly only: string | undefined }
  | { readonly kind: "found"; readonly fallback: string };

export interface ServedViewDeps {
  readonly consumer: string;
  readonly epoch: string;
  readonly policy: Policy;
  readonly book: ScopeBook;
  readonly namespaces: ServedNamespaces;
  readonly nowMs: () => number;
  readonly demandProof: (readScope: ReadScope, signal: AbortSignal) => Promise<ProofOutcome>;
  /** Called with the error of a listener. */
  readonly onListenerFault: (fault: unknown) => void;
}

/** See the file comment. */
export class ServedView implements ConsumerView {
  readonly consumer: string;
  readonly epoch: string;
  policy: Policy;
  readonly #deps: ServedViewDeps;
  readonly #changeListeners = new Set<(change: ViewChange) => void>();
  readonly #freshnessListeners = new Set<() => void>();
  readonly #policyListeners = new Set<() => void>();
  readonly #eventProofAtMs = new Map<ScopeId, number>();
  #view: View | undefined;
  readonly #lastReasons = new Map<ScopeId, StaleReason | undefined>();

  constructor(deps: ServedViewDeps) {
    this.#deps = deps;
    this.consumer = deps.consumer;
    this.epoch = deps.epoch;
    this.policy = deps.policy;
  }

  get onlyNamespace(): string | undefined {
    const { namespaces } = this.#deps;
    return namespaces.kind === "fixed" ? namespaces.only : onlyNamespaceOf(this.#view, namespaces.fallback);
  }

  current(): View | undefined {
    return this.#view;
  }

  /** The current view, or an empty one before the first sync. */
  base(): View {
    return this.#view ?? NO_VIEW;
  }

  /** Replaces the view without notifying listeners; the store does that when all consumers have their new view. */
  replace(view: View): void {
    this.#view = view;
  }

  /** Notifies the listeners of a new view. */
  notify(change: ViewChange): void {
    for (const listener of [...this.#changeListeners]) this.#guarded(() => listener(change));
  }

  /** Notifies the listeners of a new policy; the view must follow it already. */
  notifyPolicy(): void {
    for (const listener of [...this.#policyListeners]) this.#guarded(listener);
  }

  /** An applied event proves its scope for this view if the view holds, or held, the credential. */
  recordEventProof(scope: ScopeId, key: CredentialKey, before: View, nowMs: number): void {
    if (before.entries.get(key) !== undefined || this.base().entries.get(key) !== undefined)
      this.#eventProofAtMs.set(scope, nowMs);
  }

  freshness(readScope: ReadScope): Freshness {
    const nowMs = this.#deps.nowMs();
    const { book } = this.#deps;
    return worstFreshness(book.scopesOf(readScope).map((scope) => freshnessOf(this.clocks(scope.id), nowMs)));
  }

  /** The clocks of a scope, with this consumer's proofs by events. */
  clocks(scope: ScopeId): ScopeClocks {
    const clocks = this.#deps.book.clocks(scope);
    const byEventMs = this.#eventProofAtMs.get(scope);
    if (byEventMs === undefined || clocks.proofAtMs === undefined || byEventMs <= clocks.proofAtMs)
      return clocks;
    return { ...clocks, proofAtMs: byEventMs };
  }

  /** Notifies freshness listeners if the state or reason of one of these scopes changed since the last check. */
  checkFreshness(scopes: readonly ScopeId[], nowMs: number): void {
    let changed = false;
    for (const scope of scopes) {
      const { reason } = freshnessOf(this.clocks(scope), nowMs);
      if (this.#lastReasons.get(scope) === reason && this.#lastReasons.has(scope)) continue;
      this.#lastReasons.set(scope, reason);
      changed = true;
    }
    if (changed) for (const listener of [...this.#freshnessListeners]) this.#guarded(listener);
  }

  onChange(listener: (change: ViewChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  onPolicy(listener: () => void): () => void {
    this.#policyListeners.add(listener);
    return () => void this.#policyListeners.delete(listener);
  }

  onFreshness(listener: () => void): () => void {
    this.#freshnessListeners.add(listener);
    return () => void this.#freshnessListeners.delete(listener);
  }

  demandProof(readScope: ReadScope, signal: AbortSignal): Promise<ProofOutcome> {
    return this.#deps.demandProof(readScope, signal);
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (fault) {
      this.#deps.onListenerFault(fault);
    }
  }
}

/** Entries are sorted by namespace: there is only one if the first and the last are equal. */
function onlyNamespaceOf(view: View | undefined, fallback: string): string | undefined {
  const first = view?.entries.firstKey();
  const last = view?.entries.lastKey();
  if (first === undefined || last === undefined) return fallback;
  const { namespace } = splitCredentialKey(first);
  return splitCredentialKey(last).namespace === namespace ? namespace : undefined;
}
