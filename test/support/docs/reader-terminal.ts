/**
 * The terminals of somebody who follows a page: one shell that keeps its exported variables, and programs that are left
 * running in others. Waits for output, never for time; `close` ends everything and waits until it is gone.
 */
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Where the reader stands. */
export interface TerminalOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a block did. */
export interface Ran {
  readonly code: number;
  /** stdout and stderr, as a terminal shows them. */
  readonly output: string;
}

const DONE = "@@done";

/** A program and what it has said so far. */
class Program {
  readonly child: ChildProcess;
  #output = "";

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    // A group of its own: npm, sh and node end together.
    this.child = spawn(command, [...args], { ...options, detached: true });
    const hear = (chunk: Buffer): void => {
      this.#output += chunk.toString();
      this.child.emit("heard");
    };
    this.child.stdout?.on("data", hear);
    this.child.stderr?.on("data", hear);
    this.child.once("close", () => this.child.emit("heard"));
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves once its output fits; rejects if it ends before. */
  async until(fits: (output: string) => boolean): Promise<void> {
    while (!fits(this.#output)) {
      if (this.child.exitCode !== null)
        throw new Error(`it ended with ${String(this.child.exitCode)}:\n${this.#output}`);
      await once(this.child, "heard");
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

  /** Types a block into the shell, as one command that stops at its first failure. */
  async run(block: string): Promise<Ran> {
    const from = this.#shell.output.length;
    // Errexit through a trap would end the shell; a chain keeps it, and with it what was exported.
    const chain = block
      .split("\n")
      .filter((line) => line.trim() !== "")
      .join(" &&\n");
    this.#shell.child.stdin?.write(`{ ${chain}\n} 2>&1\necho "${DONE} $?"\n`);
    const end = new RegExp(`${DONE} (\\d+)\n`);
    await this.#shell.until((output) => end.test(output.slice(from)));
    const said = this.#shell.output.slice(from);
    const match = end.exec(said);
    return { code: Number(match?.[1]), output: said.slice(0, match?.index) };
  }

  /** Starts a block in a terminal of its own and resolves once the text was seen. */
  async start(
    block: string,
    until: string,
  ): Promise<{ said(fits: (output: string) => boolean): Promise<void> }> {
    const program = new Program("bash", ["-c", `exec ${block}`], {
      ...this.#options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#background.push(program);
    await program.until((output) => output.includes(until));
    return { said: (fits) => program.until(fits) };
  }

  /** Ends all programs, the last one first. */
  async close(): Promise<void> {
    for (const program of this.#background.toReversed()) await program.stop();
    await this.#shell.stop();
  }
}
