/**
 * The driver of one scope: the only place in `sync` where the pure step meets subscriptions, timers and randomness.
 * Made by `createReflector` for each subscription. Keeps true that inputs are taken one after the other (an effect may
 * cause the next input at once), and that after `stop` nothing is open and nothing is emitted.
 */
import type { SchedulerLike } from "rxjs";
import { Observable, Subject, Subscription } from "rxjs";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import type { CredentialKey } from "../../core/credential/credential.ts";
import type { ResetCause, ScopeId, SyncEvent } from "../../core/snapshot/sync-event.ts";
import type { Log } from "../../log/events.ts";
import { awaitProof } from "./await-proof.ts";
import type { Prover } from "./await-proof.ts";
import { step } from "../engine/list-watch.ts";
import type { Effect, Input, ListWatchState, TimerName } from "../engine/list-watch-state.ts";
import { initialState } from "../engine/list-watch-state.ts";
import type { TraitsMemory } from "../port/server-traits.ts";
import type { Upstream, WatchRequest } from "../port/source.ts";
import type { SourceState, SyncMetrics } from "../port/sync-metrics.ts";
import type { Link, LinkHandlers } from "./subscription-slots.ts";
import { SubscriptionSlots } from "./subscription-slots.ts";
import { SyncError } from "../port/sync-error.ts";
import { TimerSet } from "./timer-set.ts";

/** What a reflector is built from. */
export interface ReflectorDeps {
  readonly scope: ScopeId;
  readonly upstream: Upstream;
  /** What the store holds of this scope: key to version, undecodable objects included. */
  readonly held: () => ReadonlyMap<CredentialKey, string>;
  /** Time; `now` must be monotonic milliseconds (`createMonotonicScheduler`, or a TestScheduler). */
  readonly scheduler: SchedulerLike;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** What is known of the server; one for all scopes of a source. */
  readonly traits: TraitsMemory;
  /** Distance of the checks by names and versions, in milliseconds; 0: none. */
  readonly antiEntropyMs: number;
  readonly metrics: SyncMetrics;
  readonly log: Log;
  /** Called once in each time of trouble that has a 403: finds out and logs what permission is missing. Never throws. */
  readonly diagnose: (error: SyncError) => void;
}

/** One scope, kept right. */
export interface Reflector {
  /** Cold; subscribe once. Never errors and never completes; unsubscribing closes every request and timer. */
  readonly events$: Observable<SyncEvent>;
  /** Emits once and completes: at the next proof, or after 10 s with the reason why there was none. */
  prove(): Observable<ProofOutcome>;
  /** Asks for a complete list; one that is under way or due already is that list. */
  relist(cause: ResetCause): void;
}

/** Makes the reflector of a scope; nothing happens before the subscription. */
export function createReflector(deps: ReflectorDeps): Reflector {
  let running: ScopeDriver | undefined;
  return {
    events$: new Observable<SyncEvent>((subscriber) => {
      const driver = new ScopeDriver(deps, (event) => subscriber.next(event));
      running = driver;
      driver.start();
      return () => {
        driver.stop();
        if (running === driver) running = undefined;
      };
    }),
    prove: () => awaitProof(() => running, deps.scheduler),
    relist: (cause) => running?.offer({ kind: "relist", cause }),
  };
}

interface Queued {
  /** Where the input came from; it counts only while this is current. */
  readonly link: Link | undefined;
  /** Made when it is taken: by then the successor may have become the main watch. */
  readonly input: () => Input;
  /** The subscription has ended with this input. */
  readonly ends: boolean;
}

/** See the file comment. */
export class ScopeDriver implements Prover {
  readonly #deps: ReflectorDeps;
  readonly #emit: (event: SyncEvent) => void;
  readonly #slots = new SubscriptionSlots();
  readonly #timers: TimerSet<TimerName>;
  readonly #contact = new Subscription();
  readonly #proofs = new Subject<ProofOutcome>();
  readonly #queue: Queued[] = [];
  #state: ListWatchState;
  #shown: string | undefined;
  #waiterCount = 0;
  #isTaking = false;
  #isStopped = false;

  constructor(deps: ReflectorDeps, emit: (event: SyncEvent) => void) {
    this.#deps = deps;
    this.#emit = emit;
    this.#state = initialState(deps.scope, deps.antiEntropyMs);
    this.#timers = new TimerSet(deps.scheduler, (timer) => this.offer({ kind: "timer", timer }));
  }

  get proofs$(): Observable<ProofOutcome> {
    return this.#proofs.asObservable();
  }

  /** Connects; call once. */
  start(): void {
    const { scope, upstream } = this.#deps;
    this.#contact.add(
      upstream.contact$.subscribe({
        next: ({ detectsSilence }) => this.#emit({ kind: "contact", scope, detectsSilence }),
        // Contact only adds to freshness; a source that cannot tell is one without contact.
        error: () => undefined,
      }),
    );
    this.offer({ kind: "start" });
  }

  /** Closes every request and timer; callers who wait for a proof are answered. */
  stop(): void {
    this.#isStopped = true;
    this.#timers.clear();
    this.#slots.clear();
    this.#contact.unsubscribe();
    this.#queue.length = 0;
    this.#proofs.next({ ok: false, reason: this.whyNot() });
  }

  whyNot(): StaleReason {
    if (!this.#state.synced) return this.#state.trouble ?? "STARTING";
    return this.#state.trouble ?? this.#state.proof.reason ?? "SILENT";
  }

  wait(): () => void {
    this.#waiterCount += 1;
    this.offer({ kind: "proof-wanted" });
    return () => {
      this.#waiterCount -= 1;
      if (this.#waiterCount === 0) this.offer({ kind: "proof-unwanted" });
    };
  }

  /** Takes an input, after those that wait already. */
  offer(input: Input): void {
    this.#enqueue({ link: undefined, input: () => input, ends: false });
  }

  #enqueue(queued: Queued): void {
    if (this.#isStopped) return;
    this.#queue.push(queued);
    if (this.#isTaking) return;
    this.#isTaking = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#take(next);
    } finally {
      this.#isTaking = false;
    }
  }

  #take({ link, input, ends }: Queued): void {
    if (link !== undefined && !this.#slots.isCurrent(link)) return;
    const made = input();
    if (link !== undefined && ends) this.#slots.close(link.slot);
    const { scheduler, random, traits, held } = this.#deps;
    const context = { nowMs: scheduler.now(), random: random(), traits: traits.current(), held };
    const { state, effects } = step(this.#state, made, context);
    this.#state = state;
    for (const effect of effects) {
      if (this.#isStopped) return;
      this.#carryOut(effect);
    }
    this.#showState();
  }

  #carryOut(effect: Effect): void {
    const { metrics, scope } = this.#deps;
    switch (effect.kind) {
      case "emit":
        return this.#emit(effect.event);
      case "open-list":
        return this.#openList(effect.request.resourceVersion);
      case "open-watch":
        return this.#openWatch(effect.slot, effect.request);
      case "ask-versions":
        return this.#askVersions();
      case "close":
        return this.#slots.close(effect.slot);
      case "promote":
        return this.#slots.promote();
      case "arm":
        return this.#timers.arm(effect.timer, effect.delayMs);
      case "learn":
        return this.#deps.traits.learn(effect.traits);
      case "answer-proof":
        return this.#proofs.next(effect.outcome);
      case "diagnose":
        return this.#deps.diagnose(effect.error);
      case "count-relist":
        return metrics.relist(effect.cause);
      case "count-restart":
        return metrics.watchRestart(effect.reason);
      case "count-retry":
        return metrics.retry(effect.reason);
      case "count-divergence":
        return metrics.divergence();
      case "show-backoff":
        return metrics.backoff(scope, effect.seconds);
      case "log":
        return this.#deps.log(effect.event, effect.fields);
    }
  }

  #askVersions(): void {
    this.#slots.open("versions", () => this.#deps.upstream.listVersions(), {
      next: (link, list) => this.#enqueue({ link, input: () => ({ kind: "versions", list }), ends: true }),
      completed: (link) => {
        const error = new SyncError("malformed", "the metadata list ended without an answer");
        this.#enqueue({ link, input: () => ({ kind: "versions-failed", error }), ends: true });
      },
      failed: (link, error) =>
        this.#enqueue({ link, input: () => ({ kind: "versions-failed", error }), ends: true }),
    });
  }

  #openList(resourceVersion: string): void {
    this.#slots.open("main", () => this.#deps.upstream.list({ resourceVersion }), {
      next: (link, signal) =>
        this.#enqueue({ link, input: () => ({ kind: "list-signal", signal }), ends: false }),
      ...this.#endings(),
    });
  }

  #openWatch(slot: "main" | "successor", request: WatchRequest): void {
    this.#slots.open(slot, () => this.#deps.upstream.watch(request), {
      next: (link, signal) =>
        this.#enqueue({
          link,
          input: () => ({ kind: "watch-signal", slot: watchSlot(link), signal }),
          ends: false,
        }),
      ...this.#endings(),
    });
  }

  #endings(): Pick<LinkHandlers<never>, "completed" | "failed"> {
    return {
      completed: (link) =>
        this.#enqueue({ link, input: () => ({ kind: "completed", slot: watchSlot(link) }), ends: true }),
      failed: (link, error) =>
        this.#enqueue({ link, input: () => ({ kind: "failed", slot: watchSlot(link), error }), ends: true }),
    };
  }

  #showState(): void {
    const { trouble, synced, phase } = this.#state;
    const settled: SourceState = synced ? "live" : phase.kind === "starting" ? "starting" : "syncing";
    const state: SourceState = trouble === undefined ? settled : "stale";
    const shown = `${state} ${trouble ?? ""}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#deps.metrics.sourceState(this.#deps.scope, state, trouble);
  }
}

function watchSlot(link: Link): "main" | "successor" {
  return link.slot === "successor" ? "successor" : "main";
}
