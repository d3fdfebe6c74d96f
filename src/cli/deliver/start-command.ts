/**
 * The command of --exec as a process. It gets podkey's environment and no part of the credential, neither as an argument
 * nor as a variable, because /proc shows both to other processes. Called by command-runner.ts.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

/** How a command ended. */
export interface CommandEnd {
  readonly kind: "succeeded" | "failed" | "not started";
  /** In words, for a line that begins with the name of the command: "ended with exit code 0". */
  readonly words: string;
}

/** A running command. */
export interface StartedCommand {
  /** Resolves when it has ended. Never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** Sends SIGTERM. */
  end(): void;
}

/** Starts a command; the first word is the program. A program that cannot be started counts as ended. */
export function startCommand(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartedCommand {
  try {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], env });
    return { ended: outcome(child), end: () => void child.kill("SIGTERM") };
  } catch (error) {
    // spawn() reports ENOENT, EACCES, EAGAIN and EMFILE by an event, and throws ENOMEM, E2BIG and others.
    return { ended: Promise.resolve(notStarted(error)), end: () => undefined };
  }
}

function outcome(child: ChildProcess): Promise<CommandEnd> {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(notStarted(error)));
    child.on("exit", (code, signal) => {
      const words = signal === null ? `ended with exit code ${code ?? 0}` : `was ended by ${signal}`;
      resolve({ kind: code === 0 ? "succeeded" : "failed", words });
    });
  });
}

function notStarted(error: unknown): CommandEnd {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  const reason = code === "ENOENT" ? "there is no such program on the PATH" : code;
  return { kind: "not started", words: `could not be run: ${reason}` };
}
