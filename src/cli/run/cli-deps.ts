/**
 * What a command may touch of the process: made once by `main.ts`, by hand in tests. Keeps true that no command reads
 * `process.*` itself, so that every command can be run in a test with its own streams, environment and signal.
 */
import type { ExitCode } from "../../exit-code.ts";
import { EXIT } from "../../exit-code.ts";

/** A place to write to. Resolves when the bytes are taken, so that a command may end after it. */
export interface Output {
  write(text: string | Uint8Array): Promise<void>;
}

/** What every command gets. */
export interface CliDeps {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal: decides between the live view and lines, and whether colour is used. */
  readonly isTTY: boolean;
  /** Width of the terminal in characters, asked for again at each drawing (it may be resized); undefined without one. */
  readonly columns: () => number | undefined;
  /** Height of the terminal in lines; undefined without one. */
  readonly rows?: () => number | undefined;
  /** Aborted at SIGINT or SIGTERM. A command that ends because of it exits with 0. */
  readonly signal: AbortSignal;
  /** Sets the exit code of the process (contract section 3); the last call counts, 0 without any. */
  readonly exit: (code: ExitCode) => void;
}

export { EXIT };
export type { ExitCode };

/**
 * A failure that a person caused or can mend: thrown by a command, printed by `main.ts` as `podkey: <message>` without
 * a stack trace, and ended with its exit code. The message is one sentence with the remedy, never a value.
 */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = "CliError";
    this.exitCode = exitCode;
  }
}
