/**
 * Keeps one scope in sync with its upstream: carries out what the pure step of `list-watch.ts` decides. The only place in
 * `sync` where subscriptions, timers and random numbers are used. Inputs are taken one after the other, although an effect
 * may cause the next input at once. After the end of the subscription nothing is open and nothing is emitted.
 */
import type { SchedulerLike } from "rxjs";
import { defer, Observable, of, Subject, Subscription, take, timeout } from "rxjs";
import type { StaleReason } from "../../core/time/freshness.ts";
import type { ResetCause, Scope, SyncEvent } from "../../core/snapshot/sync-event.ts";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { Log } from "../../log/events.ts";
import type { Effect, Input, ListWatchState, TimerName } from "../engine/list-watch-state.ts";
import { initialState } from "../engine/list-watch-state.ts";
import { step } from "../engine/list-watch.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { TraitsMemory } from "../port/server-traits.ts";
import type { Held, Upstream, WatchRequest } from "../port/source.ts";
import { SyncError } from "../port/sync-error.ts";
import type { SourceState, SyncMetrics } from "../port/sync-metrics.ts";
import type { Link, LinkHandlers } from "./subscription-slots.ts";
import { SubscriptionSlots } from "./subscription-slots.ts";
import { TimerSet } from "./timer-set.ts";

/** What the reflectors of a source share. */
export interface ReflectorDeps {
  readonly held: Held;
  /** Time; `now` must be monotonic milliseconds (`createMonotonicScheduler`, or a TestScheduler). */
  readonly scheduler: SchedulerLike;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** What is known about the server. */
  readonly traits: TraitsMemory;
  /** Time between two comparisons by names and versions, in milliseconds; 0: none. */
  readonly antiEntropyMs: number;
  readonly metrics: SyncMetrics;
  readonly log: Log;
  /** Called once in each trouble of a scope with two 403s; finds and logs the missing permission. Never throws. */
  readonly diagnose: (scope: Scope, error: SyncError) => void;
}

/** See the file comment. */
export class Reflector {
  /** Cold; subscribe once. Never errors and never completes; unsubscribing closes every request and timer. */
  readonly events$ = new Observable<SyncEvent>((subscriber) => {
    this.#emit = (event) => subscriber.next(event);
    this.#start();
    return () => this.#stop();
  });

  readonly #scope: Scope;
  readonly #upstream: Upstream;
  readonly #deps: ReflectorDeps;
  readonly #slots = new SubscriptionSlots();
  readonly #timers: TimerSet<TimerName>;
  readonly #contact = new Subscription();
  readonly #proofs = new Subject<ProofOutcome>();
  readonly #queue: (() => Input | undefined)[] = [];
  #emit: (event: SyncEvent) => void = () => undefined;
  #state: ListWatchState;
  #shownState = "";
  #waiterCount = 0;
  #isStepping = false;
  #isRunning = false;

  constructor(scope: Scope, upstream: Upstream, deps: ReflectorDeps) {
    this.#scope = scope;
    this.#upstream = upstream;
    this.#deps = deps;
    this.#state = initialState(scope.id, deps.antiEntropyMs);
    this.#timers = new TimerSet(deps.scheduler, (timer) => this.#dispatch({ kind: "timer", timer }));
  }

  /** Requests a complete list; one that is planned or in progress serves. */
  relist(cause: ResetCause): void {
    this.#dispatch({ kind: "relist", cause });
  }

  /** Emits once and completes: at the next proof, or after 10 s with the reason why there was none. */
  prove(): Observable<ProofOutcome> {
    const late$ = defer(() => of<ProofOutcome>({ ok: false, reason: this.#missingProofReason() }));
    return new Observable<ProofOutcome>((subscriber) => {
      if (!this.#isRunning) return of<ProofOutcome>({ ok: false, reason: "STARTING" }).subscribe(subscriber);
      const { patienceMs } = SYNC_PARAMETERS.proof;
      const limit = { first: patienceMs, with: () => late$, scheduler: this.#deps.scheduler };
      // Subscribed before the request, because a comparison may be answered at once.
      const waiting = this.#proofs.pipe(take(1), timeout(limit)).subscribe(subscriber);
      this.#waiterCount += 1;
      this.#dispatch({ kind: "proof-wanted" });
      return () => {
        waiting.unsubscribe();
        this.#waiterCount -= 1;
        if (this.#waiterCount === 0) this.#dispatch({ kind: "proof-unwanted" });
      };
    });
  }

  #start(): void {
    this.#isRunning = true;
    const scope = this.#scope.id;
    this.#contact.add(
      this.#upstream.contact$.subscribe({
        next: ({ detectsSilence }) => this.#emit({ kind: "contact", scope, detectsSilence }),
        // Contact only adds to freshness; without it the data proofs decide.
        error: () => undefined,
      }),
    );
    this.#dispatch({ kind: "start" });
  }

  /** Closes every request and timer, and answers the callers that wait for a proof. */
  #stop(): void {
    this.#isRunning = false;
    this.#timers.clear();
    this.#slots.clear();
    this.#contact.unsubscribe();
    this.#queue.length = 0;
    this.#proofs.next({ ok: false, reason: this.#missingProofReason() });
  }

  #missingProofReason(): StaleReason {
    const { synced, trouble, proof } = this.#state;
    return trouble ?? (synced ? (proof.reason ?? "SILENT") : "STARTING");
  }

  #dispatch(input: Input): void {
    this.#enqueue(() => input);
  }

  /**
   * Queues the input of a signal. It counts only if its subscription is current when the step begins; by then a successor
   * may have become the main subscription.
   */
  #receive(link: Link, makeInput: (slot: "main" | "successor") => Input, isLast = false): void {
    this.#enqueue(() => {
      if (!this.#slots.isCurrent(link)) return undefined;
      const input = makeInput(link.slot === "successor" ? "successor" : "main");
      if (isLast) this.#slots.close(link.slot);
      return input;
    });
  }

  #enqueue(takeInput: () => Input | undefined): void {
    if (!this.#isRunning) return;
    this.#queue.push(takeInput);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let take = this.#queue.shift(); take !== undefined; take = this.#queue.shift()) {
        const input = take();
        if (input !== undefined) this.#step(input);
      }
    } finally {
      this.#isStepping = false;
    }
  }

  #step(input: Input): void {
    const { scheduler, random, traits, held } = this.#deps;
    const { state, effects } = step(this.#state, input, {
      nowMs: scheduler.now(),
      random: random(),
      traits: traits.current(),
      held: () => held(this.#scope.id),
    });
    this.#state = state;
    for (const effect of effects) {
      if (!this.#isRunning) return;
      this.#carryOut(effect);
    }
    this.#showState();
  }

  #carryOut(effect: Effect): void {
    const { metrics, traits, log, diagnose } = this.#deps;
    switch (effect.kind) {
      case "emit":
        return this.#emit(effect.event);
      case "open-list":
        return this.#openList(effect.request.resourceVersion);
      case "open-watch":
        return this.#openWatch(effect.slot, effect.request);
      case "list-versions":
        return this.#listVersions();
      case "close":
        return this.#slots.close(effect.slot);
      case "promote":
        return this.#slots.promote();
      case "arm":
        return this.#timers.arm(effect.timer, effect.delayMs);
      case "learn":
        return traits.learn(effect.traits);
      case "answer-proof":
        return this.#proofs.next(effect.outcome);
      case "diagnose":
        return diagnose(this.#scope, effect.error);
      case "count-relist":
        return metrics.relist(effect.cause);
      case "count-restart":
        return metrics.watchRestart(effect.reason);
      case "count-retry":
        return metrics.retry(effect.reason);
      case "count-divergence":
        return metrics.divergence();
      case "show-backoff":
        return metrics.backoff(this.#scope.id, effect.seconds);
      case "log":
        return log(effect.event, effect.fields);
    }
  }

  #listVersions(): void {
    const failed = (link: Link, error: SyncError): void =>
      this.#receive(link, () => ({ kind: "versions-failed", error }), true);
    this.#slots.open("versions", () => this.#upstream.listVersions(), {
      next: (link, list) => this.#receive(link, () => ({ kind: "versions", list }), true),
      completed: (link) =>
        failed(link, new SyncError("malformed", "the metadata list ended without an answer")),
      failed,
    });
  }

  #openList(resourceVersion: string): void {
    this.#slots.open("main", () => this.#upstream.list({ resourceVersion }), {
      ...this.#endings,
      next: (link, signal) => this.#receive(link, () => ({ kind: "list-signal", signal })),
    });
  }

  #openWatch(slot: "main" | "successor", request: WatchRequest): void {
    this.#slots.open(slot, () => this.#upstream.watch(request), {
      ...this.#endings,
      next: (link, signal) => this.#receive(link, (now) => ({ kind: "watch-signal", slot: now, signal })),
    });
  }

  readonly #endings: Pick<LinkHandlers<never>, "completed" | "failed"> = {
    completed: (link) => this.#receive(link, (slot) => ({ kind: "completed", slot }), true),
    failed: (link, error) => this.#receive(link, (slot) => ({ kind: "failed", slot, error }), true),
  };

  #showState(): void {
    const { trouble, synced, phase } = this.#state;
    const settled: SourceState = synced ? "live" : phase.kind === "starting" ? "starting" : "syncing";
    const state: SourceState = trouble === undefined ? settled : "stale";
    const shown = `${state} ${trouble ?? ""}`;
    if (shown === this.#shownState) return;
    this.#shownState = shown;
    this.#deps.metrics.sourceState(this.#scope.id, state, trouble);
  }
}
