/**
 * An example as a process: its lines, in three queues, since they are asked for separately (README.md): the state
 * (`current`, `removed`, `reset`, `changed`, `resumed`, `refused`), the freshness, and the connection. Waits for lines,
 * never for time; who waits in vain is ended by mocha and finds all that was printed in the error.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const QUEUES = { fresh: "freshness", stale: "freshness", reconnecting: "connection" } as const;

/** One of the queues. */
export type Queue = "state" | "freshness" | "connection";

/** See the file header. */
export class ExampleProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #isClosed = false;
  readonly #lines: Record<Queue, string[]> = { state: [], freshness: [], connection: [] };
  #transcript = "";

  /** @param words the program and its arguments. */
  constructor(words: readonly string[], endpoint: string) {
    const [program = "", ...args] = words;
    const env = { ...process.env, PODKEY_ENDPOINT: endpoint };
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#closed = once(child, "close");
    child.on("close", () => {
      this.#isClosed = true;
      child.emit("heard");
    });
    createInterface(child.stdout).on("line", (line) => this.#hear(line));
    createInterface(child.stderr).on("line", (line) => (this.#transcript += `  (stderr) ${line}\n`));
  }

  /** All that it printed so far. */
  get transcript(): string {
    return this.#transcript;
  }

  /** The next line of a queue. Rejects when the program ends before. */
  async next(queue: Queue): Promise<string> {
    for (;;) {
      const line = this.#lines[queue].shift();
      if (line !== undefined) return line;
      if (this.#isClosed) throw new Error(`the program ended, and this was all:\n${this.#transcript}`);
      await once(this.#child, "heard");
    }
  }

  /** Lines of a queue up to and with the first that is `last`. */
  async until(queue: Queue, last: string): Promise<readonly string[]> {
    const lines = [];
    do lines.push(await this.next(queue));
    while (lines.at(-1) !== last);
    return lines;
  }

  /** Takes what lies in a queue. */
  drain(queue: Queue): readonly string[] {
    return this.#lines[queue].splice(0);
  }

  /** Resolves with the exit code when it ends by itself, and all lines are there. */
  async exited(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  /** Ends it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#closed;
  }

  #hear(line: string): void {
    this.#transcript += `  ${line}\n`;
    const word = line.split(" ", 1)[0] ?? "";
    this.#lines[word in QUEUES ? QUEUES[word as keyof typeof QUEUES] : "state"].push(line);
    this.#child.emit("heard");
  }
}

/** A code as every library spells it: UNAVAILABLE, Unavailable, StatusCode.UNAVAILABLE. */
export function plainCode(line: string): string {
  const [word = "", code = ""] = line.split(" ");
  return `${word} ${code
    .replace(/^StatusCode\./, "")
    .replaceAll("_", "")
    .toUpperCase()}`;
}
