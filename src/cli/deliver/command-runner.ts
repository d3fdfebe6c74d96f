/**
 * Runs the command of --exec: one at a time, and after a burst of changes once. Called by watch.ts. Time and processes
 * are handed in, so that a test owns them.
 */
import type { Timers } from "../../core/time/clock.ts";
import type { Output } from "../run/cli-deps.ts";
import type { StartedCommand } from "./start-command.ts";

/** Asks for runs. */
export interface CommandRunner {
  /** Something changed: run soon; during a run: once more after it. */
  request(): void;
  /** No more runs; a run under way is told to end (SIGTERM) and waited for. */
  stop(): Promise<void>;
}

/** What a runner works with. */
export interface CommandRunnerDeps {
  /** Is told how each run ended. */
  readonly stderr: Output;
  readonly timers: Timers;
  /** Starts these words as a process, of which the first is the program. */
  readonly start: (words: readonly string[]) => StartedCommand;
}

/** Several Secrets are often applied at once; the command should see them all. */
const DEBOUNCE_MS = 200;

/** Makes a runner for these words, of which the first is the program. */
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
      // Counted from the first of a burst: one that does not end must not put the command off for ever.
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
