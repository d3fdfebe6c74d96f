/**
 * Stops the program step by step. A step starts when the previous one has ended or its time is up, so a stuck client can
 * delay the exit but not prevent it.
 */
import type { Timers } from "../core/time/clock.ts";
import type { Log } from "../log/events.ts";

/**
 * The order of the steps at SIGTERM, and after a start that failed halfway:
 *
 * 1. `config`: the configuration file is not reloaded any more.
 * 2. `rpc`: health becomes NOT_SERVING, listeners close, Watches end with SHUTTING_DOWN, other calls get `--drain`.
 * 3. `source`: watches of the source and timers of the credentials end.
 * 4. `admin`: probes and metrics are available until here.
 */
export const SHUTDOWN_ORDER = ["config", "rpc", "source", "admin"] as const;

/** One step. */
export interface ShutdownStep {
  /** Time after which the next step starts anyway. */
  readonly limitMs: number;
  readonly run: () => Promise<void>;
}

/** The steps of the parts that were opened. */
export type ShutdownSteps = { [Name in (typeof SHUTDOWN_ORDER)[number]]?: ShutdownStep };

/** Runs the steps in order. Never rejects: a step that fails or takes too long is logged. */
export async function shutDown(
  steps: Readonly<ShutdownSteps>,
  deps: { readonly timers: Timers; readonly log: Log },
): Promise<void> {
  for (const name of SHUTDOWN_ORDER) {
    const step = steps[name];
    if (step === undefined) continue;
    const end = await endOf(step, deps.timers);
    if (end !== "done") deps.log("app_phase_overdue", { phase: name, limitMs: step.limitMs, end });
  }
}

function endOf(step: ShutdownStep, timers: Timers): Promise<"done" | "failed" | "overdue"> {
  return new Promise((resolve) => {
    const cancel = timers.after(step.limitMs, () => resolve("overdue"));
    const finish = (end: "done" | "failed"): void => {
      cancel();
      resolve(end);
    };
    step.run().then(
      () => finish("done"),
      () => finish("failed"),
    );
  });
}
