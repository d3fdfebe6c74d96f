/**
 * Verifies scopes against the source on demand. Converts the source's Observable to the promise that RPC awaits.
 */
import { firstValueFrom, fromEvent, takeUntil } from "rxjs";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { ScopeId } from "../../core/snapshot/sync-event.ts";
import type { Source } from "../../sync/port/source.ts";

/** The outcome for a caller that has gone away. */
const CANCELLED: ProofOutcome = { ok: false, reason: "SOURCE_ERROR" };

/** Resolves with the source's outcome, or when the signal aborts. Never rejects. */
export async function prove(
  source: Source,
  scopes: readonly ScopeId[],
  signal: AbortSignal,
): Promise<ProofOutcome> {
  if (signal.aborted) return CANCELLED;
  try {
    return await firstValueFrom(source.prove(scopes).pipe(takeUntil(fromEvent(signal, "abort"))), {
      defaultValue: CANCELLED,
    });
  } catch {
    return { ok: false, reason: "SOURCE_ERROR" };
  }
}
