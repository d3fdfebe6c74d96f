/**
 * A source of many scopes on the virtual server in virtual time, with the state that a store would have. Used by the
 * measurement of recovery and by the test of a restart. One seed repeats a run exactly.
 */
import type { Subscription } from "rxjs";
import { VirtualTimeScheduler } from "rxjs";
import type { CredentialKey } from "../../../src/core/credential/credential.ts";
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { Scope, ScopeId, SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import { createScopedSource } from "../../../src/sync/scope/scopes.ts";
import type { SyncMetrics } from "../../../src/sync/port/sync-metrics.ts";
import { VirtualServer } from "./virtual-server.ts";

/** The settings of the scopes; limits in requests per second and burst, by default those of the product. */
export interface VirtualScopesOptions {
  readonly scopes: number;
  readonly qps?: number;
  readonly burst?: number;
  readonly seed: number;
}

const nothing = (): void => undefined;

const NO_METRICS: SyncMetrics = {
  sourceState: nothing,
  relist: nothing,
  watchRestart: nothing,
  divergence: nothing,
  backoff: nothing,
  retry: nothing,
};

/** See the file comment. */
export class VirtualScopes {
  readonly scopes: readonly Scope[];
  readonly server: VirtualServer;
  readonly random: () => number;
  readonly #scheduler = new VirtualTimeScheduler(undefined, Infinity);
  readonly #held = new HeldVersions();
  readonly #subscription: Subscription;

  constructor({ scopes, qps = 20, burst = 30, seed }: VirtualScopesOptions) {
    this.random = mulberry(seed);
    const server = new VirtualServer(this.#scheduler, { qps, burst });
    this.server = server;
    this.scopes = Array.from({ length: scopes }, (_, index): Scope => {
      const id = `s${String(index)}` as ScopeId;
      return { id, namespace: "shop", name: undefined };
    });
    for (const { id } of this.scopes) server.change(id);
    this.#subscription = createScopedSource({
      scopes: this.scopes,
      upstreamOf: (scope) => server.upstreamOf(scope),
      held: (scope) => this.#held.of(scope),
      scheduler: this.#scheduler,
      random: this.random,
      antiEntropyMs: 0,
      metrics: NO_METRICS,
      log: nothing,
      diagnose: nothing,
    }).events$.subscribe((event) => {
      this.#held.take(event);
    });
  }

  get nowMs(): number {
    return this.#scheduler.now();
  }

  /** Version of each credential that a store would have of this scope. */
  held(scope: ScopeId): ReadonlyMap<CredentialKey, string> {
    return this.#held.of(scope);
  }

  /** Advances the time. */
  run(ms: number): void {
    const atMs = this.#scheduler.now() + ms;
    this.#scheduler.maxFrames = atMs;
    this.#scheduler.flush();
    this.#scheduler.frame = atMs;
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}

/** What the store does, as far as one credential per scope needs it: a list takes effect at its end. */
class HeldVersions {
  readonly #held = new Map<ScopeId, Map<CredentialKey, string>>();
  readonly #pending = new Map<ScopeId, Map<CredentialKey, string>>();

  of(scope: ScopeId): ReadonlyMap<CredentialKey, string> {
    return this.#held.get(scope) ?? new Map<CredentialKey, string>();
  }

  take(event: SyncEvent): void {
    const { scope } = event;
    if (event.kind === "reset-begin") this.#pending.set(scope, new Map());
    else if (event.kind === "reset-end")
      this.#held.set(scope, this.#pending.get(scope) ?? new Map<CredentialKey, string>());
    else if (event.kind === "put" || event.kind === "reset-item") {
      const target = event.kind === "put" ? this.#held : this.#pending;
      target
        .get(scope)
        ?.set(credentialKey(event.item.namespace, event.item.name), event.item.resourceVersion);
    }
  }
}

/** A small generator of random numbers in [0, 1) that a seed repeats. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
