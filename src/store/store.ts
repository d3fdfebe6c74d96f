/**
 * The store is the only writer. It folds the source's events into the snapshot, computes the next revision of each
 * consumer's view, and keeps the freshness clocks. src/app/app.ts calls `apply` with each event. RPC and admin only read,
 * synchronously and from memory; only `demandProof` waits for the source.
 */
import { applyEvent } from "../core/snapshot/apply-event.ts";
import type { Applied, DropReason } from "../core/snapshot/applied.ts";
import type { Clock, Timers } from "../core/time/clock.ts";
import type { ConsumerView, ProofOutcome, ReadScope } from "../core/view/consumer-view.ts";
import type { CredentialKey } from "../core/credential/credential.ts";
import { staleAtMs } from "../core/time/freshness.ts";
import type { Lifetimes } from "../core/credential/lifetime.ts";
import type { JoinParts } from "../core/snapshot/part-sets.ts";
import { assembleParts } from "../core/snapshot/part-sets.ts";
import type { Policy } from "../core/select/policy.ts";
import { servedKeys } from "../core/snapshot/served.ts";
import { EMPTY_SNAPSHOT, heldVersions } from "../core/snapshot/snapshot.ts";
import type { Limits, Snapshot } from "../core/snapshot/snapshot.ts";
import type { ResetCause, Scope, ScopeId, SyncEvent } from "../core/snapshot/sync-event.ts";
import type { View, ViewChange } from "../core/view/view.ts";
import { expirePrevious, firstView, foldView, restrictPrevious } from "../core/view/view-fold.ts";
import type { FoldInput } from "../core/view/view-fold.ts";
import { Alarm } from "./alarm.ts";
import { ScopeBook } from "./scope-book.ts";
import type { ServedNamespaces } from "./served-view.ts";
import { ServedView } from "./served-view.ts";
import type { Log } from "../log/events.ts";

/** The revision that a consumer has after a change. */
export interface ServedRevision {
  readonly consumer: string;
  readonly revision: number;
}

/** Implemented by src/observe/store-metrics.ts. */
export interface StoreMetrics {
  /** An event arrived (`podkey_source_events_total`). */
  event(kind: SyncEvent["kind"]): void;
  dropped(reason: DropReason): void;
  /** Seconds from the arrival of a change until every view has it (`podkey_change_to_served_seconds`). */
  changeServed(seconds: number, revisions: readonly ServedRevision[]): void;
}

export interface StoreDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scopes: readonly Scope[];
  readonly namespaces: ServedNamespaces;
  readonly limits: Limits;
  readonly lifetimes: Lifetimes;
  /** Joins a complete set of parts to one credential. */
  readonly joinParts: JoinParts;
  /** Called with every key whose served content may have changed, from the first sync on. */
  readonly onTouched?: (snapshot: Snapshot, keys: Iterable<CredentialKey>) => void;
  /** Creates a random epoch for each consumer. */
  readonly newEpoch: () => string;
  /** Requests a list of a scope from the source. */
  readonly relist: (scope: ScopeId, cause: ResetCause) => void;
  /** Requests a data proof of scopes from the source; settles with its outcome, or when the signal fires. */
  readonly prove: (scopes: readonly ScopeId[], signal: AbortSignal) => Promise<ProofOutcome>;
  readonly metrics: StoreMetrics;
  readonly log: Log;
}

/** Delay of the check after a staleness deadline: the limits are inclusive (age <= 90 s). */
const AFTER_DEADLINE_MS = 1;

/** The only writer; see the file comment. */
export class Store {
  readonly #deps: StoreDeps;
  readonly #book: ScopeBook;
  readonly #views = new Map<string, ServedView>();
  readonly #syncListeners = new Set<() => void>();
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  #isSynced = false;
  #isOverLimits = false;
  /** Fires when the next scope would become STALE. */
  readonly #freshnessAlarm: Alarm;
  /** Fires when the next overlap ends. */
  readonly #expiryAlarm: Alarm;

  constructor(deps: StoreDeps) {
    this.#deps = deps;
    this.#freshnessAlarm = new Alarm(deps, () => this.#checkFreshness(this.#scopeIds(), deps.clock.nowMs()));
    this.#expiryAlarm = new Alarm(deps, () => this.#expirePrevious());
    this.#book = new ScopeBook(deps.scopes);
  }

  /** Whether every scope has been listed once. From then on views exist and reads are answered. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** The current snapshot, for admin, metrics and required credentials. RPC reads views instead. */
  snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** The clocks of the scopes, for admin and metrics. */
  get book(): ScopeBook {
    return this.#book;
  }

  /** Calls `listener` once at the first sync, or now if that has happened. Returns a function that removes it. */
  onSynced(listener: () => void): () => void {
    if (this.#isSynced) listener();
    else this.#syncListeners.add(listener);
    return () => void this.#syncListeners.delete(listener);
  }

  /** The version of each key of a scope. */
  held(scope: ScopeId): ReadonlyMap<CredentialKey, string> {
    return heldVersions(this.#snapshot, scope);
  }

  /** Adds a consumer; its view exists at once if the store is synced. */
  addConsumer(consumer: string, policy: Policy): ConsumerView {
    const view = new ServedView({
      consumer,
      policy,
      epoch: this.#deps.newEpoch(),
      book: this.#book,
      namespaces: this.#deps.namespaces,
      nowMs: () => this.#deps.clock.nowMs(),
      demandProof: (readScope, signal) => this.#demandProof(readScope, signal),
      onListenerFault: (fault) => this.#logFault(consumer, fault),
    });
    this.#views.set(consumer, view);
    if (this.#isSynced) view.replace(firstView(this.#snapshot, this.#input(view.policy)).view);
    return view;
  }

  /** Removes a consumer. A reader that still holds its view keeps the last state. */
  removeConsumer(consumer: string): void {
    this.#views.delete(consumer);
  }

  /** Replaces a consumer's policy. If that changes its view, the view gets an ordinary revision. */
  setPolicy(consumer: string, policy: Policy): void {
    const view = this.#views.get(consumer);
    if (view === undefined) return;
    view.policy = policy;
    if (!this.#isSynced) return;
    const keys = new Set([...view.base().entries.keys(), ...servedKeys(this.#snapshot)]);
    const change = foldView(view.base(), this.#snapshot, keys, this.#input(policy));
    view.replace(restrictPrevious(change?.view ?? view.base(), policy));
    view.notifyPolicy();
    if (change !== undefined) view.notify(change);
  }

  /** Applies one event, the only way that content changes. No content of an event makes it throw. */
  apply(event: SyncEvent): void {
    const nowMs = this.#deps.clock.nowMs();
    const { limits, joinParts } = this.#deps;
    const applied = assembleParts(this.#snapshot, applyEvent(this.#snapshot, event, limits), joinParts);
    this.#snapshot = applied.snapshot;
    this.#count(event, applied);
    const waiting = applied.snapshot.overflow?.waiting;
    this.#book.record(event, nowMs, waiting?.has(event.scope) !== true);
    this.#recordLimit(waiting);
    if (this.#isSynced) this.#advance(event, applied, nowMs);
    else if (this.#book.allSynced()) this.#becomeSynced();
    for (const scope of applied.relist) this.#deps.relist(scope, "limit");
    this.#checkFreshness([event.scope], nowMs);
  }

  /** Cancels every timer; views stay readable. */
  stop(): void {
    this.#freshnessAlarm.cancel();
    this.#expiryAlarm.cancel();
  }

  #advance(event: SyncEvent, applied: Applied, nowMs: number): void {
    const changes: (readonly [ServedView, ViewChange])[] = [];
    for (const view of this.#views.values()) {
      const before = view.base();
      const change =
        applied.changedKeys.length === 0
          ? undefined
          : foldView(before, this.#snapshot, applied.changedKeys, this.#input(view.policy));
      if (change !== undefined) {
        view.replace(change.view);
        changes.push([view, change]);
      }
      if (event.kind === "put" || event.kind === "remove")
        for (const key of applied.changedKeys) view.recordEventProof(event.scope, key, before, nowMs);
    }
    // All views are replaced before any listener is called, so no listener finds two consumers at different states.
    for (const [view, change] of changes) view.notify(change);
    if (changes.length > 0) {
      const revisions = changes.map(([{ consumer }, { view }]) => ({ consumer, revision: view.number }));
      this.#deps.metrics.changeServed((this.#deps.clock.nowMs() - nowMs) / 1000, revisions);
      for (const [, change] of changes) this.#armExpiry(change.view, change.changed);
    }
    if (applied.changedKeys.length > 0) this.#notifyTouched(applied.changedKeys);
  }

  #becomeSynced(): void {
    this.#isSynced = true;
    const changes = [...this.#views.values()].map(
      (view) => [view, firstView(this.#snapshot, this.#input(view.policy))] as const,
    );
    for (const [view, change] of changes) view.replace(change.view);
    for (const [view, change] of changes) view.notify(change);
    for (const listener of [...this.#syncListeners]) listener();
    this.#syncListeners.clear();
    this.#notifyTouched(servedKeys(this.#snapshot));
  }

  /** Catches errors of the listener, so the writer continues. */
  #notifyTouched(keys: Iterable<CredentialKey>): void {
    try {
      this.#deps.onTouched?.(this.#snapshot, keys);
    } catch (fault) {
      this.#logFault("podkey", fault);
    }
  }

  #logFault(consumer: string, fault: unknown): void {
    const error = fault instanceof Error ? fault.name : typeof fault;
    this.#deps.log("store_listener_failed", { consumer, error });
  }

  #input(policy: Policy): FoldInput {
    const { clock, lifetimes } = this.#deps;
    return { policy, lifetimes, nowMs: clock.nowMs(), wallMs: clock.wallMs() };
  }

  #count(event: SyncEvent, applied: Applied): void {
    this.#deps.metrics.event(event.kind);
    if (applied.dropped !== undefined) this.#deps.metrics.dropped(applied.dropped);
  }

  #recordLimit(waiting: ReadonlySet<ScopeId> | undefined): void {
    const isOver = waiting !== undefined;
    if (isOver || this.#isOverLimits) this.#book.limit(waiting ?? new Set());
    if (isOver === this.#isOverLimits) return;
    this.#isOverLimits = isOver;
    this.#checkFreshness(this.#scopeIds(), this.#deps.clock.nowMs());
    const { maxCredentials, maxBytes } = this.#deps.limits;
    this.#deps.log(isOver ? "store_over_limits" : "store_within_limits", { maxCredentials, maxBytes });
  }

  #demandProof(readScope: ReadScope, signal: AbortSignal): Promise<ProofOutcome> {
    if (this.#isOverLimits) return Promise.resolve({ ok: false, reason: "LIMIT" });
    return this.#deps.prove(
      this.#book.scopesOf(readScope).map((scope) => scope.id),
      signal,
    );
  }

  /** Notifies the listeners of each view whose freshness changed, and sets the alarm for the next deadline. */
  #checkFreshness(scopes: readonly ScopeId[], nowMs: number): void {
    for (const view of this.#views.values()) {
      view.checkFreshness(scopes, nowMs);
      for (const scope of scopes) {
        const atMs = staleAtMs(view.clocks(scope));
        if (atMs !== undefined && atMs >= nowMs)
          this.#freshnessAlarm.setNoLaterThan(atMs + AFTER_DEADLINE_MS);
      }
    }
  }

  #scopeIds(): readonly ScopeId[] {
    return this.#book.scopes.map((scope) => scope.id);
  }

  #armExpiry(view: View, keys: Iterable<CredentialKey>): void {
    for (const key of keys) {
      const atMs = view.entries.get(key)?.previous?.untilMonotonicMs;
      if (atMs !== undefined) this.#expiryAlarm.setNoLaterThan(atMs);
    }
  }

  /** Removes previous data whose overlap has ended, so a rotated value is not readable longer than configured. */
  #expirePrevious(): void {
    for (const view of this.#views.values()) {
      if (view.current() === undefined) continue;
      view.replace(expirePrevious(view.base(), this.#deps.clock.nowMs()));
      this.#armExpiry(view.base(), view.base().entries.keys());
    }
  }
}
