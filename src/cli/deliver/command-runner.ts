/**
 * Runs the command of --exec: one at a time, and once after a burst of changes. Called by command/watch.ts. Timers and
 * processes are dependencies, so that a test controls them.
 */
import type { Timers } from "../../core/time/clock.ts";
import type { Output } from "../run/cli-deps.ts";
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
}

/** Several Secrets are often applied together; one run then covers all of them. */
const DEBOUNCE_MS = 200;

/** Makes a runner for a command; the first word is the program. */
export function createCommandRunner(
  words: readonly string[],
  { stderr, timers, start }: CommandRunnerDeps,
): CommandRunner {
  let cancel: (() => void) | undefined;
  let command: StartedCommand | undefined;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  const run = async (): Promise<void> => {
    cancel = undefined;
    while (isWanted) {
      isWanted = false;
      command = start(words);
      await stderr.write(`podkey: ${words[0] ?? ""} ${await command.ended}\n`);
      command = undefined;
    }
    running = undefined;
  };
  return {
    request: () => {
      if (isStopped) return;
      isWanted = true;
      // Counted from the first request of a burst, so that an endless burst does not postpone the run indefinitely.
      if (running !== undefined || cancel !== undefined) return;
      cancel = timers.after(DEBOUNCE_MS, () => void (running = run()));
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
