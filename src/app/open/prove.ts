/**
 * A proof on demand as a promise: the edge between RPC, which awaits, and the source, which is made of Observables so
 * that its tests own the time.
 */
import { firstValueFrom, fromEvent, takeUntil } from "rxjs";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { ScopeId } from "../../core/snapshot/sync-event.ts";
import type { Source } from "../../sync/port/source.ts";

/** What is answered to a caller that left; nobody reads it. */
const LEFT: ProofOutcome = { ok: false, reason: "SOURCE_ERROR" };

/** Settles with the source's outcome, or when the signal fires. Never rejects. */
export async function prove(
  source: Source,
  scopes: readonly ScopeId[],
  signal: AbortSignal,
): Promise<ProofOutcome> {
  if (signal.aborted) return LEFT;
  try {
    return await firstValueFrom(source.prove(scopes).pipe(takeUntil(fromEvent(signal, "abort"))), {
      defaultValue: LEFT,
    });
  } catch {
    return { ok: false, reason: "SOURCE_ERROR" };
  }
}
