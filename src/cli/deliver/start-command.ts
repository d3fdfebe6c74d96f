/**
 * The command of --exec as a process. It gets podkey's environment and no part of the credential, neither as an argument
 * nor as a variable, because /proc shows both to other processes. Called by command-runner.ts.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** A running command. */
export interface StartedCommand {
  /** Resolves when it has ended, with the outcome in words: "ended with exit code 0". Never rejects. */
  readonly ended: Promise<string>;
  /** Sends SIGTERM. */
  end(): void;
}

/** Starts a command; the first word is the program. A program that cannot be started counts as ended. */
export function startCommand(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartedCommand {
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], env });
  return { ended: outcome(child), end: () => void child.kill("SIGTERM") };
}

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
