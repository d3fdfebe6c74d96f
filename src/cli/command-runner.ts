/**
 * Runs the command of --exec: one at a time, and after a burst of changes once. The command gets podkey's environment and
 * nothing of the credential, neither as an argument nor as a variable (both can be read by others through /proc).
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { CliDeps } from "./cli-deps.ts";

/** Asks for runs. */
export interface CommandRunner {
  /** Something changed: run soon; during a run: once more after it. */
  request(): void;
  /** No more runs; a run under way is told to end (SIGTERM) and waited for. */
  stop(): Promise<void>;
}

/** Several Secrets are often applied at once; the command should see them all. */
const DEBOUNCE_MS = 200;

/** Makes a runner for these words, of which the first is the program. */
export function createCommandRunner(
  words: readonly string[],
  { stderr, env }: Pick<CliDeps, "stderr" | "env">,
): CommandRunner {
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess | undefined;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  const run = async (): Promise<void> => {
    timer = undefined;
    while (isWanted) {
      isWanted = false;
      const [program = "", ...args] = words;
      child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], env });
      await stderr.write(`podkey: ${program} ${await outcome(child)}\n`);
    }
    running = undefined;
  };
  return {
    request: () => {
      if (isStopped) return;
      isWanted = true;
      // Counted from the first of a burst: one that does not end must not put the command off for ever.
      if (running !== undefined || timer !== undefined) return;
      timer = setTimeout(() => void (running = run()), DEBOUNCE_MS);
    },
    stop: async () => {
      isStopped = true;
      isWanted = false;
      clearTimeout(timer);
      child?.kill("SIGTERM");
      await running;
    },
  };
}

/** How it ended, in words. */
function outcome(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      const found =
        error.code === "ENOENT" ? "there is no such program on the PATH" : (error.code ?? "unknown error");
      resolve(`could not be run: ${found}`);
    });
    child.on("exit", (code, signal) =>
      resolve(signal === null ? `ended with exit code ${code ?? 0}` : `was ended by ${signal}`),
    );
  });
}
