/**
 * One long-running child process of a test: etcd, kube-apiserver, kubelet. Its output goes to a file, it never keeps
 * the test run alive, and whatever still runs when the test run exits is killed.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { constants } from "node:os";

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly binary: string;
  readonly args: readonly string[];
  /** File that stdout and stderr are appended to. */
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
}

const running = new Set<ChildProcess>();

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

// A run that is ended from outside (a time limit, CI) would skip "exit"; what it started must not outlive it all the same.
process.once("SIGTERM", () => process.exit(128 + constants.signals.SIGTERM));

/** Sees to it that this child does not outlive the test run. */
export function killAtExit(child: ChildProcess): void {
  running.add(child);
  child.once("close", () => running.delete(child));
}

/** See the file comment. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  /** Resolves when the process is gone, however it ended. */
  readonly exited: Promise<void>;

  /** Starts it at once. */
  constructor({ binary, args, logFile, env }: DaemonOptions) {
    this.#logFile = logFile;
    const log = openSync(logFile, "a");
    this.#child = spawn(binary, [...args], { stdio: ["ignore", log, log], env: env ?? process.env });
    closeSync(log);
    this.#child.unref();
    running.add(this.#child);
    this.exited = new Promise((resolve) => {
      const gone = (): void => {
        running.delete(this.#child);
        resolve();
      };
      this.#child.once("exit", gone).once("error", gone);
    });
  }

  /** Whether it still runs. */
  get isRunning(): boolean {
    return running.has(this.#child);
  }

  /** Process id; -1 if it could not be started. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Sends a signal and returns at once. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits until the process is gone. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#child.ref();
    if (this.isRunning) this.#child.kill(signal);
    await this.exited;
  }

  /** The end of its output, for error messages. */
  logTail(lines = 15): string {
    return readFileSync(this.#logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }
}
