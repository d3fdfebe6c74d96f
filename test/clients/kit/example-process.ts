/**
 * An example as a process. Its lines are in three queues, because the tests check them separately (README.md): the state
 * (`current`, `removed`, `reset`, `changed`, `resumed`, `refused`), the freshness, and the connection. Waits for lines, never
 * for time. If a line never comes, mocha's timeout ends the test, and the error has everything that was printed.
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
      child.emit("output");
    });
    createInterface(child.stdout).on("line", (line) => this.#hear(line));
    createInterface(child.stderr).on("line", (line) => (this.#transcript += `  (stderr) ${line}\n`));
  }

  /** Everything that it printed so far. */
  get transcript(): string {
    return this.#transcript;
  }

  /** The next line of a queue. Rejects when the program ends before. */
  async next(queue: Queue): Promise<string> {
    for (;;) {
      const line = this.#lines[queue].shift();
      if (line !== undefined) return line;
      if (this.#isClosed) throw new Error(`the program ended after this output:\n${this.#transcript}`);
      await once(this.#child, "output");
    }
  }

  /** Lines of a queue up to and including the first that equals `last`. */
  async until(queue: Queue, last: string): Promise<readonly string[]> {
    const lines = [];
    do lines.push(await this.next(queue));
    while (lines.at(-1) !== last);
    return lines;
  }

  /** Removes and returns the lines of a queue. */
  drain(queue: Queue): readonly string[] {
    return this.#lines[queue].splice(0);
  }

  /** Resolves with the exit code when the program has ended and all its lines are read. */
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
    this.#child.emit("output");
  }
}

/** A code in the spelling of any library: UNAVAILABLE, Unavailable, StatusCode.UNAVAILABLE. */
export function plainCode(line: string): string {
  const [word = "", code = ""] = line.split(" ");
  return `${word} ${code
    .replace(/^StatusCode\./, "")
    .replaceAll("_", "")
    .toUpperCase()}`;
}
