#!/usr/bin/env node
/**
 * argv in, exit code out: the only file that touches the process. Makes what commands and app get of it (streams,
 * environment, signals), prints what a person did wrong in one sentence, and never lets a stack trace or the text of an
 * unknown error out, because either may quote a Secret.
 */
import { url as inspectorUrl } from "node:inspector";
import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";
import { isatty } from "node:tty";
import { setFlagsFromString } from "node:v8";
import { CliError, EXIT } from "./cli/cli-deps.ts";
import type { ExitCode, Output } from "./cli/cli-deps.ts";
import { runProgram } from "./cli/program.ts";
import type { ServeDeps } from "./cli/serve.ts";
import { ConfigError } from "./config/problem-report.ts";
import { stackFrames } from "./telemetry/safe-error.ts";
import { REVISION, VERSION } from "./version.ts";

/** How long the reader of standard error has for the sentence that says why podkey ends. */
const LAST_WORDS_MS = 1000;

let exitCode: ExitCode = EXIT.ok;

await main();

async function main(): Promise<void> {
  // V8 lets the young generation grow to 32 MiB under load and keeps it for good, in every pod. At the 2 MiB that it
  // begins with, up to 18 MiB less stay resident, and a Get costs more CPU: of 1 KB 0 to 5 %, of 16 KB 4 to 16 %
  // (44 to 53 us and 49 to 57 us; two runs on a busy machine).
  setFlagsFromString("--semi-space-growth-factor=1");
  limitHeapGrowth();
  // SIGUSR1 would open the inspector on loopback, which all containers of a pod share.
  process.on("SIGUSR1", () => undefined);
  process.on("uncaughtException", (error) => endWithBug(error));
  process.on("unhandledRejection", (error) => endWithBug(error));
  // A reader that went away (`podkey list | head`) is no failure of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    await runProgram(process.argv.slice(2), serveDeps());
  } catch (error) {
    await explain(error);
  }
  process.exit(exitCode);
}

/**
 * How far V8 lets the old generation grow before it collects it, it takes from the memory of the machine: up to four
 * times what lives, and the pages stay resident. 10,000 reconnects so left up to 45 MiB of empty pages on a large node,
 * and none in a pod with a limit of 256 MiB, where V8 collects at 1.3 times. With this, memory is the same everywhere,
 * and so is what a Get costs: what it costs in such a pod, up to 30 % more CPU than without any limit.
 */
function limitHeapGrowth(): void {
  setFlagsFromString("--heap-growing-percent=50");
}

function serveDeps(): ServeDeps {
  const isTTY = process.stdout.isTTY;
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env: process.env,
    isTTY,
    columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
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
      nodeFlags: [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/)],
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

/** Aborts at the first SIGINT or SIGTERM; the second ends the process at once. */
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

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) =>
      new Promise((resolve) => {
        stream.write(text, () => resolve());
      }),
  };
}

/** Errors that a person caused or can mend are printed as they stand; any other one is a bug. */
async function explain(error: unknown): Promise<void> {
  if (error instanceof CliError) exitCode = error.exitCode;
  else if (error instanceof ConfigError) exitCode = EXIT.usage;
  else endWithBug(error);
  if (!(error instanceof Error)) return;
  // A reader that has stopped must not keep a process that has failed.
  await Promise.race([
    outputTo(process.stderr).write(`podkey: ${error.message}\n`),
    setTimeout(LAST_WORDS_MS),
  ]);
}

function endWithBug(error: unknown): never {
  const kind = error instanceof Error ? error.name : typeof error;
  process.stderr.write(
    `podkey: ended by a bug (${kind}); please report it with this line: ${stackFrames(error)}\n`,
  );
  process.exit(EXIT.invariant);
}
