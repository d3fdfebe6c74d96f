#!/usr/bin/env node
/**
 * The entry point: argv in, exit code out. Makes the dependencies that commands and app get of the process (streams,
 * environment, signals) and prints a user's mistake as one sentence. Never prints a stack trace or the text of an
 * unexpected error, because either may quote a Secret.
 */
import { url as inspectorUrl } from "node:inspector";
import { constants } from "node:os";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isatty } from "node:tty";
import { CliError, EXIT } from "./cli/run/cli-deps.ts";
import type { ExitCode, Output } from "./cli/run/cli-deps.ts";
import { ReaderGoneError, standardOutput } from "./cli/run/standard-output.ts";
import { runProgram } from "./cli/program.ts";
import type { ServeDeps } from "./cli/command/serve.ts";
import { ConfigError } from "./config/load/problem-report.ts";
import { stackFrames } from "./log/safe-error.ts";
import { REVISION, VERSION } from "./version.ts";

/** How long the reader of standard error may take to read why podkey ends. */
const ERROR_WRITE_LIMIT_MS = 1000;

/** Flags of Node itself. */
const NODE_FLAGS = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/)];

/** A message that cannot be written is lost: there is no other place for it. */
const STDERR: Output = {
  write: (text) =>
    new Promise((resolve) => {
      process.stderr.write(text, () => resolve());
    }),
};

let exitCode: ExitCode = EXIT.ok;

// If the event loop drains before main() settles, exit with a failure.
process.exitCode = EXIT.invariant;
void main();

async function main(): Promise<void> {
  // By default SIGUSR1 opens the inspector on loopback, which all containers of a pod share.
  process.on("SIGUSR1", () => undefined);
  process.on("uncaughtException", (error) => endWithBug(error));
  process.on("unhandledRejection", (error) => endWithBug(error));
  // The write that fails reports it; without a listener the event would end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    await runProgram(process.argv.slice(2), serveDeps());
  } catch (error) {
    await explain(error);
  }
  process.exit(exitCode);
}

function serveDeps(): ServeDeps {
  const isTTY = process.stdout.isTTY;
  return {
    programName: basename(process.argv[1] ?? "").startsWith("kubectl-") ? "kubectl podkey" : "podkey",
    stdout: standardOutput(process.stdout, 1),
    stderr: STDERR,
    env: process.env,
    isTTY,
    columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
    rows: () => (process.stdout.isTTY ? process.stdout.rows : undefined),
    signal: stopSignal(),
    exit: (code) => void (exitCode = code),
    host: {
      version: VERSION,
      revision: REVISION,
      nodeVersion: process.version,
      env: process.env,
      logFd: 1,
      colour: isTTY && (process.env["NO_COLOR"] ?? "") === "",
      print: (text) => void process.stdout.write(text),
      stdinIsTerminal: isatty(0),
      inspectorIsOpen: () => inspectorUrl() !== undefined,
      nodeFlags: NODE_FLAGS,
      processMetrics: true,
      terminationLog: "/dev/termination-log",
      onExit: (listener) => void process.on("exit", listener),
      onHangup: (listener) => {
        process.on("SIGHUP", listener);
        return () => void process.removeListener("SIGHUP", listener);
      },
    },
  };
}

/** Aborts at the first SIGINT or SIGTERM; the second one ends the process immediately. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
      controller.abort(name);
    });
  }
  return controller.signal;
}

/** Prints an error that the user caused or can fix as it is; any other error is a bug. */
async function explain(error: unknown): Promise<void> {
  // The exit code of a program that SIGPIPE ends, without a message.
  if (error instanceof ReaderGoneError) process.exit(128 + constants.signals.SIGPIPE);
  if (error instanceof CliError) exitCode = error.exitCode;
  else if (error instanceof ConfigError) exitCode = EXIT.usage;
  else endWithBug(error);
  if (!(error instanceof Error)) return;
  // A reader that does not read must not keep a failed process alive.
  await Promise.race([STDERR.write(`podkey: ${error.message}\n`), setTimeout(ERROR_WRITE_LIMIT_MS)]);
}

function endWithBug(error: unknown): never {
  const kind = error instanceof Error ? error.name : typeof error;
  process.stderr.write(
    `podkey: ended by a bug (${kind}); please report it with this line: ${stackFrames(error)}\n`,
  );
  process.exit(EXIT.invariant);
}
