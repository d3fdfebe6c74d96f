/**
 * Stops the program in phases: each begins when the one before has ended or its time is up, so that a stuck client can
 * delay the end but not prevent it. `app.ts` lists the phases; nothing here knows what they do.
 */
import type { Timers } from "../core/time/clock.ts";
import type { Log } from "../log/events.ts";

/** One step of the way down. */
export interface Phase {
  readonly name: string;
  /** How long the phase may take before the next one begins anyway. */
  readonly limitMs: number;
  readonly run: () => Promise<void>;
}

/** Runs all phases in order; never rejects. A phase that fails or is overdue is logged and left behind. */
export async function shutDown(
  phases: readonly Phase[],
  deps: { readonly timers: Timers; readonly log: Log },
): Promise<void> {
  for (const phase of phases) {
    const end = await endOf(phase, deps.timers);
    if (end !== "done") deps.log("app_phase_overdue", { phase: phase.name, limitMs: phase.limitMs, end });
  }
}

function endOf(phase: Phase, timers: Timers): Promise<"done" | "failed" | "overdue"> {
  return new Promise((resolve) => {
    const cancel = timers.after(phase.limitMs, () => resolve("overdue"));
    const finish = (end: "done" | "failed"): void => {
      cancel();
      resolve(end);
    };
    phase.run().then(
      () => finish("done"),
      () => finish("failed"),
    );
  });
}
