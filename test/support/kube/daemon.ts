/**
 * One long-running child process of a test: etcd, kube-apiserver, kubelet. Its output goes to a file. It does not keep
 * the test run alive, and it is killed when the test run exits.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { constants } from "node:os";

/** How a daemon is started. */
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

// A SIGTERM from outside (a time limit, CI) would skip "exit" and leave the daemons running.
process.once("SIGTERM", () => process.exit(128 + constants.signals.SIGTERM));

/** Kills the child when the test run exits. */
export function killAtExit(child: ChildProcess): void {
  running.add(child);
  child.once("close", () => running.delete(child));
}

/** See the file comment. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #logFile: string;
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<void>;

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

  /** Sends a signal and waits until the process has ended. */
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
