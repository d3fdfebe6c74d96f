/**
 * What a command needs of the process: streams, environment, terminal, signal, exit code. Made by main.ts, and by hand in
 * tests.
 */
import type { ExitCode } from "../../exit-code.ts";
import { EXIT } from "../../exit-code.ts";

/** A stream to write to. Resolves when the stream has taken the bytes, so that a command may end after it. */
export interface Output {
  write(text: string | Uint8Array): Promise<void>;
}

/** Dependencies of every command. */
export interface CliDeps {
  /** `podkey`, or `kubectl podkey` if it runs as a plugin. */
  readonly programName: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal: decides between the live view and lines, and whether colour is used. */
  readonly isTTY: boolean;
  /** Width of the terminal in characters, which may change; undefined without a terminal. */
  readonly columns: () => number | undefined;
  /** Height of the terminal in lines; undefined without a terminal. */
  readonly rows: () => number | undefined;
  /** Aborted at SIGINT or SIGTERM. A command that ends because of it exits with 0. */
  readonly signal: AbortSignal;
  /** Sets the exit code of the process; the last call counts, 0 without any. */
  readonly exit: (code: ExitCode) => void;
}

export { EXIT };
export type { ExitCode };

/**
 * A failure that the user caused or can fix: thrown by a command, printed by main.ts as `podkey: <message>` without a
 * stack trace. The process ends with its exit code. The message is one sentence with the remedy, never a value.
 */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = "CliError";
    this.exitCode = exitCode;
  }
}
