/**
 * A server process that a benchmark started: when it is ready, how much memory it holds, how it ends. Only processes
 * started here are ever signalled.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { killAtExit } from "../test/support/kube/daemon.ts";

/** How to start it. */
export interface ProcessOptions {
  /** Default: this Node. */
  readonly program?: string;
  /** In front of the program: a command that sets limits, and its arguments. */
  readonly under?: readonly string[];
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a line of its stdout means that it is ready. */
  readonly isReady: (line: string) => boolean;
}

/** A running process. */
export class ProcessUnderTest {
  readonly #child: ChildProcess;
  #answers: { readonly what: string; readonly resolve: (facts: unknown) => void }[] = [];
  /** Milliseconds from spawn to that line. */
  readonly startMs: number;

  private constructor(child: ChildProcess, startMs: number) {
    this.#child = child;
    this.startMs = startMs;
    if (child.stderr !== null)
      createInterface({ input: child.stderr }).on("line", (line) => this.#hear(line));
  }

  /**
   * Starts the program and waits until it is ready.
   * @throws Error with its output, if it ends before that.
   */
  static async start(options: ProcessOptions): Promise<ProcessUnderTest> {
    const begunMs = performance.now();
    const { under = [], program = process.execPath, args } = options;
    const [command = program, ...rest] = [...under, program, ...args];
    const child = spawn(command, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...withoutOurs(process.env), ...options.env },
    });
    // A failed benchmark must not leave a process that disturbs the next one.
    killAtExit(child);
    let said = "";
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    const startMs = await new Promise<number>((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        said += `${line}\n`;
        if (options.isReady(line)) resolve(performance.now() - begunMs);
      });
      child.once("exit", (code) => {
        reject(new Error(`The process ended with ${String(code)} before it was ready:\n${said}`));
      });
    });
    return new ProcessUnderTest(child, startMs);
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resident memory now, in bytes. */
  async rssBytes(): Promise<number> {
    return (await this.#kibibytes("VmRSS")) * 1024;
  }

  /** Peak resident memory so far, in bytes. */
  async peakBytes(): Promise<number> {
    return (await this.#kibibytes("VmHWM")) * 1024;
  }

  /** Sends a signal that bench/probe.js answers; resolves with the facts of its answer `what`. */
  ask(signal: "SIGUSR2" | "SIGWINCH", what: string): Promise<unknown> {
    const answer = this.answer(what);
    this.#child.kill(signal);
    return answer;
  }

  /** The facts of the probe's next answer of this kind. */
  answer(what: string): Promise<unknown> {
    return new Promise((resolve) => this.#answers.push({ what, resolve }));
  }

  /** Resident memory after the probe has collected garbage, in bytes. */
  async settledBytes(): Promise<number> {
    return ((await this.ask("SIGUSR2", "memory")) as { readonly rssBytes: number }).rssBytes;
  }

  /** SIGTERM; milliseconds until it has ended. */
  async stop(): Promise<number> {
    if (this.#child.exitCode !== null) return 0;
    const begunMs = performance.now();
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
    return performance.now() - begunMs;
  }

  /** What the kernel counts of its pages now. Private: in no other process. */
  async smaps(): Promise<{
    readonly rssBytes: number;
    readonly pssBytes: number;
    readonly privateBytes: number;
  }> {
    const [rss = NaN, pss = NaN, clean = NaN, dirty = NaN] = await Promise.all(
      ["Rss", "Pss", "Private_Clean", "Private_Dirty"].map((field) => this.#kibibytes(field, "smaps_rollup")),
    );
    return { rssBytes: rss * 1024, pssBytes: pss * 1024, privateBytes: (clean + dirty) * 1024 };
  }

  async #kibibytes(field: string, file = "status"): Promise<number> {
    const text = await readFile(`/proc/${String(this.pid)}/${file}`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? NaN);
  }

  #hear(line: string): void {
    const at = this.#answers.findIndex(({ what }) => line.startsWith(`${what} {`));
    const [answer] = at === -1 ? [] : this.#answers.splice(at, 1);
    answer?.resolve(JSON.parse(line.slice(line.indexOf("{"))));
  }
}

/** Removes the variables of the benchmarks: podkey would log a warning for each. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PODKEY_")));
}
