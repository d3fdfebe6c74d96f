/**
 * Keeps the freshness clocks of every scope: updated with each event, read for each answer. A proof by a list, a bookmark
 * or an equal metadata list counts for every consumer. An event proves only the views that hold its credential, so
 * served-view.ts keeps those proofs.
 */
import type { ReadScope } from "../core/view/consumer-view.ts";
import type { ScopeClocks } from "../core/time/freshness.ts";
import { NEVER_SYNCED } from "../core/time/freshness.ts";
import type { Scope, ScopeId, SyncEvent } from "../core/snapshot/sync-event.ts";

/** All clocks of a source. Mutable, owned by the store. */
export class ScopeBook {
  readonly scopes: readonly Scope[];
  readonly #clocks: Map<ScopeId, ScopeClocks>;

  constructor(scopes: readonly Scope[]) {
    this.scopes = scopes;
    this.#clocks = new Map(scopes.map((scope) => [scope.id, NEVER_SYNCED]));
  }

  /** The clocks of a scope. */
  clocks(scope: ScopeId): ScopeClocks {
    return this.#clocks.get(scope) ?? NEVER_SYNCED;
  }

  /** Updates the clocks from an event. `listed`: whether a reset-end was applied (within the limits). */
  record(event: SyncEvent, nowMs: number, listed: boolean): void {
    switch (event.kind) {
      case "reset-end":
        if (listed) this.#set(event.scope, { synced: true, proofAtMs: nowMs });
        return;
      case "proof":
        this.#set(event.scope, { proofAtMs: nowMs });
        return;
      case "contact":
        this.#set(event.scope, { contactAtMs: nowMs, detectsSilence: event.detectsSilence });
        return;
      case "trouble":
        this.#set(event.scope, { trouble: event.reason });
        return;
      default:
    }
  }

  /** Marks exactly these scopes as over the limits. */
  limit(limited: ReadonlySet<ScopeId>): void {
    for (const [scope, clocks] of this.#clocks)
      if (clocks.limited !== limited.has(scope)) this.#set(scope, { limited: limited.has(scope) });
  }

  /** Whether every scope has been listed once. */
  allSynced(): boolean {
    return [...this.#clocks.values()].every((clocks) => clocks.synced);
  }

  /** The scopes that an answer depends on; all scopes if the request matches none, so the worst counts. */
  scopesOf(readScope: ReadScope): readonly Scope[] {
    if (this.scopes.length === 1) return this.scopes;
    const hit = this.scopes.filter((scope) => isRead(scope, readScope));
    return hit.length === 0 ? this.scopes : hit;
  }

  #set(scope: ScopeId, part: Partial<ScopeClocks>): void {
    this.#clocks.set(scope, { ...this.clocks(scope), ...part });
  }
}

function isRead(scope: Scope, readScope: ReadScope): boolean {
  if (
    scope.namespace !== undefined &&
    readScope.namespace !== undefined &&
    scope.namespace !== readScope.namespace
  )
    return false;
  return scope.name === undefined || readScope.names === undefined || readScope.names.has(scope.name);
}
