/**
 * `podkey serve` from source as a child process, with its log lines and a plain gRPC client on its socket. Tests wait
 * for log events and Watch messages, never for a fixed time.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { killAtExit } from "./daemon.ts";
import { openClient } from "../rpc/client.ts";
import type { RpcClient } from "../rpc/client.ts";
import { WatchedState } from "./watched-state.ts";

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

const MAIN = join(import.meta.dirname, "..", "..", "..", "src", "main.ts");

/** See the file comment. */
export class PodkeyProcess {
  readonly client: RpcClient;
  /** Every line of the log so far. */
  readonly log: LogLine[] = [];
  readonly exited: Promise<number | null>;
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #isGone = false;

  private constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#folder = mkdtempSync(join(tmpdir(), "podkey-serve-"));
    const socket = join(this.#folder, "podkey.sock");
    const common = ["serve", "--listen", `unix:${socket}`, "--admin", "none", "--log-format", "json"];
    this.#child = spawn(process.execPath, [MAIN, ...common, ...args], {
      env: { PATH: process.env["PATH"], HOME: this.#folder, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    killAtExit(this.#child);
    this.exited = new Promise((resolve) => {
      this.#child.once("close", (code) => {
        this.#isGone = true;
        this.#wake();
        resolve(code);
      });
    });
    if (this.#child.stdout !== null)
      createInterface(this.#child.stdout).on("line", (line) => {
        this.log.push(parse(line));
        this.#wake();
      });
    this.client = openClient(`unix:${socket}`);
  }

  /** Starts podkey with these arguments of `serve`; resolves when it listens. */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<PodkeyProcess> {
    const podkey = new PodkeyProcess(args, env);
    await podkey.untilLogged("app_listening");
    return podkey;
  }

  /** Process id, for signals. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Resident memory in bytes, from the kernel. */
  get rssBytes(): number {
    const status = readFileSync(`/proc/${String(this.pid)}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
  }

  /** The number of lines of this event. */
  count(event: string): number {
    return this.log.filter((line) => line.event === event).length;
  }

  /** Resolves with the `count`th line of this event. */
  async untilLogged(event: string, count = 1): Promise<LogLine> {
    for (;;) {
      const line = this.log.filter((one) => one.event === event)[count - 1];
      if (line !== undefined) return line;
      if (this.#isGone)
        throw new Error(`podkey ended before it logged ${event}: ${JSON.stringify(this.log)}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Opens a Watch of all credentials and waits until it is synced. */
  async watch(): Promise<WatchedState> {
    const state = new WatchedState(this.client);
    await state.until("synced", () => state.isSynced);
    return state;
  }

  /** SIGTERM; resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.client.close();
    this.#child.kill("SIGTERM");
    const code = await this.exited;
    rmSync(this.#folder, { recursive: true, force: true });
    return code;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { event: "not_json", line };
  }
}
