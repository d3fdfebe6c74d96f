/**
 * Runs an exec plugin of a kubeconfig, as client-go does, but never longer than its time limit: the plugin gets its own
 * process group, which is killed as a whole. Used by exec-credentials.ts.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import type { Timers } from "../../../core/time/clock.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { nodeErrorCode } from "../failure/classify-node-error.ts";
import type { ExecCredential } from "./exec-credential.ts";
import { execInfo, readExecCredential } from "./exec-credential.ts";
import type { ExecEntry } from "./kubeconfig-entries.ts";

/** Everything that a run depends on. */
export interface ExecPluginDeps {
  readonly timers: Timers;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdin is a terminal that the plugin may use. */
  readonly hasTerminal: boolean;
  readonly entry: ExecEntry;
  /** For messages. */
  readonly userName: string;
  /** `spec.cluster` of KUBERNETES_EXEC_INFO; undefined without `provideClusterInfo`. */
  readonly cluster: object | undefined;
  /** Ends the plugin. */
  readonly signal: AbortSignal;
}

/** How long a plugin may run, in ms. */
const LIMIT_MS = 30_000;
/** The same for a plugin that may ask a person on the terminal. */
const INTERACTIVE_LIMIT_MS = 300_000;
/** More output than this is not an ExecCredential. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** Enough of stderr for its first line. */
const MAX_REASON_BYTES = 4096;

/** Runs it once. Rejects with a SyncError `unauthorized` that quotes the first line of its stderr, never its stdout. */
export async function runExecPlugin(deps: ExecPluginDeps): Promise<ExecCredential> {
  const { entry, userName } = deps;
  const apiVersion = entry.apiVersion ?? "";
  const command = entry.command ?? "";
  const fail = (why: string): SyncError =>
    new SyncError("unauthorized", `The exec plugin ${command} of the user ${userName} ${why}.`);
  if (entry.interactiveMode === "Always" && !deps.hasTerminal) {
    throw fail(
      "needs a terminal (interactiveMode: Always), which podkey does not have here; use a plugin that runs without one",
    );
  }
  const interactive = deps.hasTerminal && entry.interactiveMode !== "Never";
  const ended = await run(deps, findOnPath(command, deps.env["PATH"] ?? ""), interactive);
  const reason = firstLine(ended.stderr);
  const because = reason === "" ? "; run it by hand to find the reason" : `: ${reason}`;
  switch (ended.kind) {
    case "not-started": {
      const hint = firstLine(entry.installHint?.replaceAll(/\s+/g, " ") ?? "");
      throw fail(
        `cannot be started (${ended.code})${hint === "" ? "; install it or correct `command`" : `: ${hint}`}`,
      );
    }
    case "too-late":
      throw fail(`did not end within ${String(ended.limitMs / 1000)} s and was killed${because}`);
    case "too-long":
      throw fail("printed more than 1 MiB and was killed");
    case "stopped":
      throw fail("was killed because podkey stops");
    case "signal":
      throw fail(`was killed by ${ended.signal}${because}`);
    case "exit":
      if (ended.code !== 0) throw fail(`failed with exit code ${String(ended.code)}${because}`);
  }
  const credential = readExecCredential(ended.stdout, apiVersion);
  if (typeof credential === "string") throw fail(`failed: ${credential}`);
  return credential;
}

type Ended = { readonly stdout: string; readonly stderr: string } & (
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "not-started"; readonly code: string }
  | { readonly kind: "too-late"; readonly limitMs: number }
  | { readonly kind: "too-long" }
  | { readonly kind: "stopped" }
);

function run(deps: ExecPluginDeps, command: string, interactive: boolean): Promise<Ended> {
  const { entry, timers, signal } = deps;
  const info = execInfo(entry.apiVersion ?? "", interactive, deps.cluster);
  const limitMs = interactive ? INTERACTIVE_LIMIT_MS : LIMIT_MS;
  return new Promise((resolve) => {
    let stdout = "";
    let stderr = "";
    const child = spawn(command, [...entry.args], {
      env: {
        ...deps.env,
        ...Object.fromEntries(entry.env.map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: info,
      },
      // A process in another group cannot read from the terminal.
      detached: !interactive,
      stdio: [interactive ? "inherit" : "ignore", "pipe", "pipe"],
    });
    const end = (ended: EndKind): void => {
      cancel();
      signal.removeEventListener("abort", onAbort);
      process.off("exit", onExit);
      if (ended.kind !== "exit" && ended.kind !== "not-started") kill(child, interactive);
      resolve({ ...ended, stdout, stderr });
    };
    const onAbort = (): void => {
      end({ kind: "stopped" });
    };
    const onExit = (): void => {
      kill(child, interactive);
    };
    const cancel = timers.after(limitMs, () => {
      end({ kind: "too-late", limitMs });
    });
    signal.addEventListener("abort", onAbort, { once: true });
    process.once("exit", onExit);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (stdout.length > MAX_OUTPUT_BYTES) end({ kind: "too-long" });
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (stderr.length < MAX_REASON_BYTES) stderr += text;
      // A prompt, or the address of a login page.
      if (interactive) process.stderr.write(text);
    });
    child.once("error", (error) => {
      end({ kind: "not-started", code: nodeErrorCode(error) });
    });
    child.once("close", (code, killedBy) => {
      end(killedBy === null ? { kind: "exit", code: code ?? -1 } : { kind: "signal", signal: killedBy });
    });
  });
}

type EndKind = Ended extends infer One ? (One extends Ended ? Omit<One, "stdout" | "stderr"> : never) : never;

/** Kills the plugin with the processes that it started. */
function kill(child: ChildProcess, interactive: boolean): void {
  if (child.pid === undefined) return;
  try {
    // The group of an interactive plugin is podkey's own.
    process.kill(interactive ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

/** On podkey's own PATH, as in Go: a PATH in `env` is only for the plugin. */
function findOnPath(command: string, path: string): string {
  if (command.includes("/")) return command;
  const candidates = path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, command));
  return candidates.find(isExecutableFile) ?? command;
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first line with text, without control characters, at most 300 characters. */
function firstLine(text: string): string {
  const line = text.split(/[\r\n]+/).find((candidate) => candidate.trim() !== "") ?? "";
  return line.replaceAll(/\p{C}/gu, "").trim().slice(0, 300).replace(/\.$/, "");
}
