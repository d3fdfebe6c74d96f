/**
 * One caller's wait for a proof of a scope, as an Observable. Everyone who waits shares the comparison that the
 * scope's step makes of it; leaving early is fine, and the last one who leaves stops the asking.
 */
import type { SchedulerLike } from "rxjs";
import { Observable, of, take, timeout } from "rxjs";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";

/** What is asked for proofs; the driver of a scope is one. */
export interface Prover {
  readonly proofs$: Observable<ProofOutcome>;
  /** Says that one more caller waits; returns the way to say that it left. */
  wait(): () => void;
  /** Why there is no proof at this moment. */
  whyNot(): StaleReason;
}

/** Emits the next outcome, or why there was none within the patience; then completes. */
export function awaitProof(
  prover: () => Prover | undefined,
  scheduler: SchedulerLike,
): Observable<ProofOutcome> {
  return new Observable<ProofOutcome>((subscriber) => {
    const running = prover();
    if (running === undefined) {
      subscriber.next({ ok: false, reason: "STARTING" });
      subscriber.complete();
      return undefined;
    }
    const waiting = running.proofs$
      .pipe(
        take(1),
        timeout({
          first: SYNC_PARAMETERS.proof.patienceMs,
          with: () => of<ProofOutcome>({ ok: false, reason: running.whyNot() }),
          scheduler,
        }),
      )
      .subscribe(subscriber);
    // Only now: a comparison that is answered at once must find its listener.
    const leave = running.wait();
    return () => {
      waiting.unsubscribe();
      leave();
    };
  });
}
