/**
 * podkey as a child process, with all of its output and its end. For tests of the command line, of exit codes and of
 * values that must never be printed. Waits for output or the end, never for time.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const MAIN = join(ROOT, "src", "main.ts");
/** Without it, stripping the types of three hundred files at each start takes most of the time of these tests. */
const COMPILE_CACHE = join(ROOT, "node_modules", ".cache", "podkey", "process-tests");

/** Options of a start. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** User to run as; only root can choose. */
  readonly uid?: number;
  /** The program; default: the sources. */
  readonly program?: string;
  /** Flags of Node itself, before the program. */
  readonly nodeArgs?: readonly string[];
  /** File descriptor for its standard output, in place of a pipe to the test. */
  readonly stdoutFd?: number;
  /** Its output is not read until `readOn()`. */
  readonly unread?: boolean;
}

/** A podkey that ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A podkey that runs or has ended. */
export class RunningPodkey {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #isRead = false;
  #stdout = "";
  #stderr = "";

  constructor(args: readonly string[], options: RunOptions = {}) {
    this.#child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.program ?? MAIN, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.env },
      stdio: ["ignore", options.stdoutFd ?? "pipe", "pipe"],
      ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    });
    if (options.unread !== true) this.readOn();
    this.#ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#child.emit("output");
      });
    });
  }

  /** The output so far, of both streams. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Resolves after stdout has a log line of this event; rejects if podkey ends before. */
  async logged(event: string): Promise<void> {
    while (!this.#stdout.includes(`"event":"${event}"`)) {
      if (this.#child.exitCode !== null)
        throw new Error(`podkey ended before it logged ${event}:\n${this.output}`);
      await once(this.#child, "output");
    }
  }

  /** Resolves after one of its streams matches; rejects if it ends before. */
  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (this.#child.exitCode !== null)
        throw new Error(`podkey ended before it printed ${String(pattern)}:\n${this.output}`);
      await once(this.#child, "output");
    }
  }

  /** Reads the output from now on, after a start with `unread`. */
  readOn(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    this.#child.stdout?.on("data", (chunk: Buffer) =>
      this.#receive(() => (this.#stdout += chunk.toString())),
    );
    this.#child.stderr?.on("data", (chunk: Buffer) =>
      this.#receive(() => (this.#stderr += chunk.toString())),
    );
  }

  /** Closes the reading end of both streams, as a killed reader does. */
  abandonOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Closes the reading end of standard output, as `| head -1` does. */
  abandonStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when it has ended. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Resolves with the exit code after the process has exited, even if its output was not read. */
  async exited(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  #receive(take: () => void): void {
    take();
    this.#child.emit("output");
  }
}

/** Runs one command to its end. */
export function runPodkey(args: readonly string[], options?: RunOptions): Promise<Ended> {
  return new RunningPodkey(args, options).ended();
}
