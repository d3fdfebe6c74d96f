/**
 * The reflector of one scope: turns signals, timers and requests into inputs of the pure step and carries out its
 * effects. Built by `scopes.ts` (or a test) on an `Upstream`; the store subscribes to the events. Keeps true that the
 * events never error and never complete, and that inputs are taken one after the other, whatever re-enters.
 */
import type { SchedulerLike } from "rxjs";
import { Observable } from "rxjs";
import type { ProofOutcome } from "../core/consumer-view.ts";
import type { CredentialKey } from "../core/credential.ts";
import type { ResetCause, ScopeId, SyncEvent } from "../core/sync-event.ts";
import type { Log } from "../telemetry/events.ts";
import { awaitProof } from "./await-proof.ts";
import { ScopeDriver } from "./scope-driver.ts";
import type { TraitsMemory } from "./server-traits.ts";
import type { Upstream } from "./source.ts";
import type { SyncError } from "./sync-error.ts";
import type { SyncMetrics } from "./sync-metrics.ts";

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
