/**
 * One consumer's view while the program runs: the current View, who listens, and when events proved it current. Made
 * and driven by the store (the one writer); RPC and admin see it as a `ConsumerView`. A listener's throw ends with
 * that listener: neither the writer nor another consumer notices.
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

/** Which namespaces the source serves: settled by the configuration, or whatever a folder holds. */
export type ServedNamespaces =
  | { readonly kind: "fixed"; readonly only: string | undefined }
  | { readonly kind: "found"; readonly fallback: string };

/** What a view is built from. */
export interface ServedViewDeps {
  readonly consumer: string;
  readonly epoch: string;
  readonly policy: Policy;
  readonly book: ScopeBook;
  readonly namespaces: ServedNamespaces;
  readonly nowMs: () => number;
  readonly demandProof: (readScope: ReadScope, signal: AbortSignal) => Promise<ProofOutcome>;
  /** Told of what a listener threw. */
  readonly onListenerFault: (fault: unknown) => void;
}

/** A live view; see the file comment. */
export class ServedView implements ConsumerView {
  readonly consumer: string;
  readonly epoch: string;
  policy: Policy;
  readonly #deps: ServedViewDeps;
  readonly #changeListeners = new Set<(change: ViewChange) => void>();
  readonly #freshnessListeners = new Set<() => void>();
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

  /** The current view, or the empty one to fold from. */
  base(): View {
    return this.#view ?? NO_VIEW;
  }

  /** Puts a view in place without telling anyone; the store tells when every consumer has its own. */
  replace(view: View): void {
    this.#view = view;
  }

  /** Tells the listeners of a new view. */
  announce(change: ViewChange): void {
    for (const listener of [...this.#changeListeners]) this.#guarded(() => listener(change));
  }

  /** An event of this scope was applied; it proves this view current if the view holds (or held) the credential. */
  noteEvent(scope: ScopeId, key: CredentialKey, before: View, nowMs: number): void {
    if (before.entries.get(key) !== undefined || this.base().entries.get(key) !== undefined)
      this.#eventProofAtMs.set(scope, nowMs);
  }

  freshness(readScope: ReadScope): Freshness {
    const nowMs = this.#deps.nowMs();
    const { book } = this.#deps;
    return worstFreshness(book.scopesOf(readScope).map((scope) => freshnessOf(this.clocks(scope.id), nowMs)));
  }

  /** The clocks of a scope as this consumer may know them. */
  clocks(scope: ScopeId): ScopeClocks {
    const clocks = this.#deps.book.clocks(scope);
    const byEventMs = this.#eventProofAtMs.get(scope);
    if (byEventMs === undefined || clocks.proofAtMs === undefined || byEventMs <= clocks.proofAtMs)
      return clocks;
    return { ...clocks, proofAtMs: byEventMs };
  }

  /** Tells freshness listeners if the state or reason of one of these scopes turned since the last check. */
  checkFreshness(scopes: readonly ScopeId[], nowMs: number): void {
    let turned = false;
    for (const scope of scopes) {
      const { reason } = freshnessOf(this.clocks(scope), nowMs);
      if (this.#lastReasons.get(scope) === reason && this.#lastReasons.has(scope)) continue;
      this.#lastReasons.set(scope, reason);
      turned = true;
    }
    if (turned) for (const listener of [...this.#freshnessListeners]) this.#guarded(listener);
  }

  onChange(listener: (change: ViewChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
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

/** Entries are sorted by namespace, so the first and the last tell whether there is only one. */
function onlyNamespaceOf(view: View | undefined, fallback: string): string | undefined {
  const first = view?.entries.firstKey();
  const last = view?.entries.lastKey();
  if (first === undefined || last === undefined) return fallback;
  const { namespace } = splitCredentialKey(first);
  return splitCredentialKey(last).namespace === namespace ? namespace : undefined;
}
