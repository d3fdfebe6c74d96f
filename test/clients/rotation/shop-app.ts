/**
 * One of the two apps of examples/rotation as a process: how many queries it served, and what failed. Used by the rotation
 * test; waits for lines, never for time.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** See the file header. */
export class ShopApp {
  /** As it calls itself in pg_stat_activity. */
  readonly name: string;
  /** What it said of each query that failed. */
  readonly failures: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #served = 0;
  #isReady = false;
  #last = "";
  #stderr = "";

  constructor(name: string, words: readonly string[], env: Readonly<Record<string, string>>) {
    const [program = "", ...args] = words;
    const child = spawn(program, args, {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.name = name;
    this.#child = child;
    this.#closed = once(child, "close");
    child.on("close", () => child.emit("heard"));
    createInterface(child.stdout).on("line", (line) => this.#hear(line));
    child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
  }

  /** Queries served so far, to the hundred. */
  get served(): number {
    return this.#served;
  }

  /** The process; the same one after every rotation. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it holds the credential. */
  async ready(): Promise<void> {
    while (!this.#isReady) await this.#heard();
  }

  /** Resolves when it served so many more. */
  async servesMore(queries: number): Promise<void> {
    const goal = this.#served + queries;
    while (this.#served < goal) await this.#heard();
  }

  /** Ends it by SIGTERM. @returns its last line. */
  async stop(): Promise<string> {
    this.#child.kill("SIGTERM");
    await this.#closed;
    return this.#last;
  }

  /** Ends it, whatever it does. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #heard(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw new Error(
        `${this.name} ended. Its last line: ${this.#last}. What it said on stderr:\n${this.#stderr}`,
      );
    await once(this.#child, "heard");
  }

  #hear(line: string): void {
    this.#last = line;
    const [word = "", rest = ""] = line.split(" ");
    if (word === "ready") this.#isReady = true;
    if (word === "served") this.#served = Number(rest);
    if (word === "failed") this.failures.push(line);
    this.#child.emit("heard");
  }
}
