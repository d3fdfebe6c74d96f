/**
 * The terminals of a reader who follows a page: one shell that keeps its exported variables, and programs that run in other
 * terminals. Waits for output, never for time. `close` ends everything and waits for its end.
 */
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Folder and environment of the reader. */
export interface TerminalOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The result of a block. */
export interface Ran {
  readonly code: number;
  /** stdout and stderr, as a terminal shows them. */
  readonly output: string;
}

const DONE = "@@done";

/** A program and its output so far. */
class Program {
  readonly child: ChildProcess;
  #output = "";

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    // A separate process group, so that npm, sh and node end together.
    this.child = spawn(command, [...args], { ...options, detached: true });
    const onOutput = (chunk: Buffer): void => {
      this.#output += chunk.toString();
      this.child.emit("output");
    };
    this.child.stdout?.on("data", onOutput);
    this.child.stderr?.on("data", onOutput);
    this.child.once("close", () => this.child.emit("output"));
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves when the output matches; rejects if the program ends before. */
  async until(isMatch: (output: string) => boolean): Promise<void> {
    while (!isMatch(this.#output)) {
      if (this.child.exitCode !== null)
        throw new Error(`the program ended with ${String(this.child.exitCode)}:\n${this.#output}`);
      await once(this.child, "output");
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined)
      return;
    const closed = once(this.child, "close");
    process.kill(-this.child.pid, "SIGTERM");
    await closed;
  }
}

/** See the file comment. */
export class ReaderTerminal {
  readonly #options: TerminalOptions;
  readonly #shell: Program;
  readonly #background: Program[] = [];

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#shell = new Program("bash", [], { ...options, stdio: ["pipe", "pipe", "pipe"] });
  }

  /** Runs a block in the shell, as one command that stops at its first failure. */
  async run(block: string): Promise<Ran> {
    const from = this.#shell.output.length;
    // `set -e` would end the shell; a chain of && keeps it, with its exported variables.
    const chain = block
      .split("\n")
      .filter((line) => line.trim() !== "")
      .join(" &&\n");
    this.#shell.child.stdin?.write(`{ ${chain}\n} 2>&1\necho "${DONE} $?"\n`);
    const end = new RegExp(`${DONE} (\\d+)\n`);
    await this.#shell.until((output) => end.test(output.slice(from)));
    const printed = this.#shell.output.slice(from);
    const match = end.exec(printed);
    return { code: Number(match?.[1]), output: printed.slice(0, match?.index) };
  }

  /** Starts a block in a separate terminal. Resolves when its output contains the text. */
  async start(
    block: string,
    until: string,
  ): Promise<{ printed(isMatch: (output: string) => boolean): Promise<void> }> {
    const program = new Program("bash", ["-c", `exec ${block}`], {
      ...this.#options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#background.push(program);
    await program.until((output) => output.includes(until));
    return { printed: (isMatch) => program.until(isMatch) };
  }

  /** Ends all programs, the last one first. */
  async close(): Promise<void> {
    for (const program of this.#background.toReversed()) await program.stop();
    await this.#shell.stop();
  }
}
