/**
 * Runs the command of --exec: one at a time, and once after a burst of changes. A command that cannot be started is started
 * again with backoff. Called by command/watch.ts. Timers and processes are dependencies, so that a test controls them.
 */
import type { Timers } from "../../core/time/clock.ts";
import type { Output } from "../run/cli-deps.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { StartedCommand } from "./start-command.ts";

/** A command that runs on request. */
export interface CommandRunner {
  /** Requests a run soon; during a run, one more after it. */
  request(): void;
  /** Starts no more runs, sends SIGTERM to the current one and waits for it. */
  stop(): Promise<void>;
}

/** Dependencies of a runner. */
export interface CommandRunnerDeps {
  /** Gets one line about how each run ended. */
  readonly stderr: Output;
  readonly timers: Timers;
  /** Starts a process; the first word is the program. */
  readonly start: (words: readonly string[]) => StartedCommand;
  /** Called with a sentence after a run that did not start or did not exit with 0. */
  readonly onFailure: (sentence: string) => void;
}

/** Several Secrets are often applied together; one run then covers all of them. */
const DEBOUNCE_MS = 200;

/** Makes a runner for a command; the first word is the program. */
export function createCommandRunner(words: readonly string[], deps: CommandRunnerDeps): CommandRunner {
  const { stderr, timers, start, onFailure } = deps;
  let cancel: (() => void) | undefined;
  let command: StartedCommand | undefined;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  let failedStarts = 0;
  const schedule = (delayMs: number): void => {
    cancel = timers.after(delayMs, () => {
      cancel = undefined;
      running = run();
    });
  };
  const run = async (): Promise<void> => {
    while (isWanted) {
      isWanted = false;
      command = start(words);
      const { kind, words: outcome } = await command.ended;
      command = undefined;
      const sentence = `${words[0] ?? ""} ${outcome}`;
      const isRetried = kind === "not started" && !isStopped;
      failedStarts = isRetried ? failedStarts + 1 : 0;
      if (failedStarts <= 1) await stderr.write(`podkey: ${sentence}${isRetried ? "; retrying" : ""}\n`);
      if (kind !== "succeeded") onFailure(sentence);
      if (!isRetried) continue;
      isWanted = true;
      schedule(retryDelayMs(failedStarts));
      break;
    }
    running = undefined;
  };
  return {
    request: () => {
      if (isStopped) return;
      isWanted = true;
      if (failedStarts > 0) cancel?.();
      // Counted from the first request of a burst, so that an endless burst does not postpone the run indefinitely.
      else if (running !== undefined || cancel !== undefined) return;
      if (running === undefined) schedule(DEBOUNCE_MS);
    },
    stop: async () => {
      isStopped = true;
      isWanted = false;
      cancel?.();
      command?.end();
      await running;
    },
  };
}
