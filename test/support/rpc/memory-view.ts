/**
 * A `ConsumerView` that a test writes directly. Views are made by the same functions as in the store; the test sets
 * freshness and proofs.
 */
import type { ConsumerView, ProofOutcome, ReadScope } from "../../../src/core/view/consumer-view.ts";
import type { Clock } from "../../../src/core/time/clock.ts";
import type { Credential, CredentialKey } from "../../../src/core/credential/credential.ts";
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { Freshness } from "../../../src/core/time/freshness.ts";
import type { Policy } from "../../../src/core/select/policy.ts";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import { EMPTY_SNAPSHOT } from "../../../src/core/snapshot/snapshot.ts";
import type { Snapshot, SnapshotEntry } from "../../../src/core/snapshot/snapshot.ts";
import type { View, ViewChange } from "../../../src/core/view/view.ts";
import { firstView, foldView, restrictPrevious } from "../../../src/core/view/view-fold.ts";
import { SCOPE } from "../core/credentials.ts";

/** Fresh, proved just now. */
export const FRESH: Freshness = { state: "FRESH", ageMs: 0, contactAgeMs: 0, reason: undefined };

/** Stale since the start. */
export const STARTING: Freshness = {
  state: "STALE",
  ageMs: undefined,
  contactAgeMs: undefined,
  reason: "STARTING",
};

/** The rest of a snapshot entry, which making views does not read. */
const BLANK: Omit<SnapshotEntry, "credential"> = {
  scope: SCOPE,
  uid: "",
  seenVersion: "",
  undecodable: undefined,
  sizeBytes: 0,
};

/** How long previous data can be read, in these views. */
export const PREVIOUS_FOR_MS = 3_600_000;

/** See the file comment. */
export class MemoryView implements ConsumerView {
  readonly consumer: string;
  readonly epoch: string;
  onlyNamespace: string | undefined = "shop";
  policy: Policy;
  /** What `freshness` returns. */
  now: Freshness = STARTING;
  /** What `demandProof` returns; called each time. */
  prove: (readScope: ReadScope, signal: AbortSignal) => Promise<ProofOutcome> = () =>
    Promise.resolve({ ok: true });
  readonly #clock: Clock;
  readonly #changes = new Set<(change: ViewChange) => void>();
  readonly #turns = new Set<() => void>();
  readonly #policies = new Set<() => void>();
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  #view: View | undefined;

  constructor(deps: {
    readonly clock: Clock;
    readonly consumer?: string;
    readonly policy?: Policy;
    readonly epoch?: string;
  }) {
    this.#clock = deps.clock;
    this.consumer = deps.consumer ?? "web";
    this.epoch = deps.epoch ?? `epoch-of-${this.consumer}`;
    this.policy = deps.policy ?? ALLOW_ALL;
  }

  /** The first sync. */
  sync(credentials: readonly Credential[]): this {
    this.#hold(credentials, []);
    this.now = FRESH;
    const change = firstView(this.#snapshot, this.#input());
    this.#announce(change);
    return this;
  }

  /** Puts credentials and removes names (of namespace shop), as one revision. */
  change(credentials: readonly Credential[], gone: readonly string[] = []): void {
    const keys = [
      ...credentials.map((one) => credentialKey(one.namespace, one.name)),
      ...gone.map((name) => credentialKey("shop", name)),
    ];
    this.#hold(credentials, gone);
    if (this.#view === undefined) return;
    const change = foldView(this.#view, this.#snapshot, keys, this.#input());
    if (change !== undefined) this.#announce(change);
  }

  /** Replaces the policy, as a reload does. */
  reload(policy: Policy): void {
    this.policy = policy;
    if (this.#view === undefined) return;
    const keys = new Set<CredentialKey>([...this.#view.entries.keys(), ...this.#snapshot.entries.keys()]);
    const change = foldView(this.#view, this.#snapshot, keys, this.#input());
    this.#view = restrictPrevious(change?.view ?? this.#view, policy);
    for (const listener of [...this.#policies]) listener();
    if (change !== undefined) for (const listener of [...this.#changes]) listener(change);
  }

  /** Changes the freshness and notifies the listeners. */
  turn(freshness: Freshness): void {
    this.now = freshness;
    for (const listener of [...this.#turns]) listener();
  }

  /** Number of subscribed listeners, to detect leaks. */
  get listenerCount(): number {
    return this.#changes.size + this.#turns.size + this.#policies.size;
  }

  current(): View | undefined {
    return this.#view;
  }

  freshness(): Freshness {
    return this.now;
  }

  onChange(listener: (change: ViewChange) => void): () => void {
    this.#changes.add(listener);
    return () => void this.#changes.delete(listener);
  }

  onPolicy(listener: () => void): () => void {
    this.#policies.add(listener);
    return () => void this.#policies.delete(listener);
  }

  onFreshness(listener: () => void): () => void {
    this.#turns.add(listener);
    return () => void this.#turns.delete(listener);
  }

  demandProof(readScope: ReadScope, signal: AbortSignal): Promise<ProofOutcome> {
    return this.prove(readScope, signal);
  }

  #hold(credentials: readonly Credential[], gone: readonly string[]): void {
    let { entries } = this.#snapshot;
    for (const one of credentials)
      entries = entries.set(credentialKey(one.namespace, one.name), { ...BLANK, credential: one });
    for (const name of gone) entries = entries.delete(credentialKey("shop", name));
    this.#snapshot = { ...this.#snapshot, entries };
  }

  #announce(change: ViewChange): void {
    this.#view = change.view;
    for (const listener of [...this.#changes]) listener(change);
  }

  #input(): Parameters<typeof firstView>[1] {
    return {
      policy: this.policy,
      lifetimes: { previousForMs: PREVIOUS_FOR_MS, previousMaxMs: PREVIOUS_FOR_MS },
      nowMs: this.#clock.nowMs(),
      wallMs: this.#clock.wallMs(),
    };
  }
}
