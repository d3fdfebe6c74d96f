/**
 * One of the two apps of examples/rotation as a process: the number of queries it served, and its failures. Used by the rotation
 * test. Waits for lines, never for time.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** See the file header. */
export class ShopApp {
  /** Its name in pg_stat_activity. */
  readonly name: string;
  /** The message of each failed query. */
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
    child.on("close", () => child.emit("output"));
    createInterface(child.stdout).on("line", (line) => this.#hear(line));
    child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
  }

  /** Queries served so far, rounded to hundreds. */
  get served(): number {
    return this.#served;
  }

  /** The process id; it stays the same after every rotation. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it has the credential. */
  async ready(): Promise<void> {
    while (!this.#isReady) await this.#heard();
  }

  /** Resolves when it has served this number of further queries. */
  async servesMore(queries: number): Promise<void> {
    const goal = this.#served + queries;
    while (this.#served < goal) await this.#heard();
  }

  /** Stops it with SIGTERM. @returns its last line. */
  async stop(): Promise<string> {
    this.#child.kill("SIGTERM");
    await this.#closed;
    return this.#last;
  }

  /** Kills it. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #heard(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      throw new Error(`${this.name} ended. Its last line: ${this.#last}. stderr:\n${this.#stderr}`);
    await once(this.#child, "output");
  }

  #hear(line: string): void {
    this.#last = line;
    const [word = "", rest = ""] = line.split(" ");
    if (word === "ready") this.#isReady = true;
    if (word === "served") this.#served = Number(rest);
    if (word === "failed") this.failures.push(line);
    this.#child.emit("output");
  }
}
