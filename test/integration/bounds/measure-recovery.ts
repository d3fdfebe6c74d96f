/**
 * Breaks the virtual server again and again under a source of many scopes, changes something in every scope while it is
 * broken, and measures how long after the end of each fault every scope holds what the server holds.
 */
import { VirtualTimeScheduler } from "rxjs";
import type { CredentialKey } from "../../../src/core/credential.ts";
import { credentialKey } from "../../../src/core/credential.ts";
import type { Scope, ScopeId, SyncEvent } from "../../../src/core/sync-event.ts";
import { createScopedSource } from "../../../src/sync/scopes.ts";
import type { SyncMetrics } from "../../../src/sync/sync-metrics.ts";
import { VirtualServer } from "./virtual-server.ts";
import type { Fault } from "./virtual-server.ts";

/** What is measured. */
export interface Recovery {
  readonly scopes: number;
  readonly faults: number;
  readonly fault: Fault;
  /** Length of the k-th fault and the calm before it, in milliseconds. */
  readonly shape: (random: () => number) => { readonly calmMs: number; readonly lastsMs: number };
  readonly qps?: number;
  readonly burst?: number;
  readonly seed: number;
}

/** Time from the end of each fault to the last scope being right, in milliseconds; and what it cost. */
export interface Recovered {
  readonly tookMs: readonly number[];
  readonly requests: number;
}

/** Longest time that is waited for; what takes longer is reported as this. */
const GIVE_UP_MS = 60_000;

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
export function measureRecovery(plan: Recovery): Recovered {
  const random = mulberry(plan.seed);
  const scheduler = new VirtualTimeScheduler(undefined, Infinity);
  const server = new VirtualServer(scheduler, { qps: plan.qps ?? 20, burst: plan.burst ?? 30 });
  const scopes = Array.from({ length: plan.scopes }, (_, index): Scope => {
    const id = `s${String(index)}` as ScopeId;
    return { id, namespace: "shop", name: undefined };
  });
  for (const { id } of scopes) server.change(id);
  const held = new HeldVersions();
  const subscription = createScopedSource({
    scopes,
    upstreamOf: (scope) => server.upstreamOf(scope),
    held: (scope) => held.of(scope),
    scheduler,
    random,
    antiEntropyMs: 0,
    metrics: NO_METRICS,
    log: nothing,
    diagnose: nothing,
  }).events$.subscribe((event) => {
    held.take(event);
  });
  const isRight = (): boolean =>
    scopes.every(({ id }) => held.of(id).get(credentialKey("shop", "a")) === String(server.versions.get(id)));
  const tookMs: number[] = [];
  run(scheduler, 60_000);
  const before = server.requestCount;
  for (let index = 0; index < plan.faults; index += 1) {
    const { calmMs, lastsMs } = plan.shape(random);
    run(scheduler, calmMs);
    server.fail(plan.fault);
    const changeAtMs = random() * lastsMs;
    run(scheduler, changeAtMs);
    for (const { id } of scopes) server.change(id);
    run(scheduler, lastsMs - changeAtMs);
    server.heal();
    tookMs.push(untilRight(scheduler, isRight));
  }
  subscription.unsubscribe();
  return { tookMs, requests: server.requestCount - before };
}

/** What the store does, as far as one credential a scope needs it: a list counts when its end has come. */
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

function untilRight(scheduler: VirtualTimeScheduler, isRight: () => boolean): number {
  const sinceMs = scheduler.now();
  while (!isRight() && scheduler.now() - sinceMs < GIVE_UP_MS) run(scheduler, 50);
  return scheduler.now() - sinceMs;
}

function run(scheduler: VirtualTimeScheduler, ms: number): void {
  const atMs = scheduler.now() + ms;
  scheduler.maxFrames = atMs;
  scheduler.flush();
  scheduler.frame = atMs;
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
