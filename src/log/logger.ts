/**
 * The log of the process: pino to standard output, one JSON object a line (`level`, `time`, `event`, `msg` and the
 * event's fields), or a pretty form for a terminal. Writing never blocks the program: where the reader of the pipe
 * stops, lines beyond a buffer are dropped and counted (line-sink.ts). Only `app.ts` makes one; everybody else gets a
 * `Log`.
 */
import type { DestinationStream } from "pino";
import { pino, stdTimeFunctions } from "pino";
import type { LogLevel } from "../config/schema/schema.ts";
import type { Timers } from "../core/time/clock.ts";
import type { Log } from "./events.ts";
import { EVENTS } from "./events.ts";
import { LineSink, pauseThread, writeTo } from "./line-sink.ts";

/** What the logger is told. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
  /** File descriptor to write to, which must not block; 1 in the process. */
  readonly fd: number;
  /** Whether the pretty form may use colours. */
  readonly colour: boolean;
  readonly timers: Timers;
  /** So many lines were dropped, because nobody reads them. */
  readonly lost: (lines: number) => void;
}

/** A log and the way to get its last lines out. */
export interface Logger {
  readonly log: Log;
  /** Writes what is buffered, now and synchronously, within a fifth of a second; called before the process ends. */
  readonly flush: () => void;
}

/** Opens the log. Async because the pretty form is a module that only a terminal pays for. */
export async function openLogger(options: LoggerOptions): Promise<Logger> {
  const { timers, lost } = options;
  const sink = new LineSink({
    write: writeTo(options.fd),
    timers,
    pause: pauseThread,
    lost,
    regained: (lines) => log("log_lost", { lines }),
  });
  const write = await lineWriter(sink, options);
  const log = logTo({ write }, options.level);
  return { log, flush: () => sink.flush() };
}

async function lineWriter(sink: LineSink, options: LoggerOptions): Promise<(line: string) => void> {
  if (options.format === "json") return (line) => sink.write(line);
  const { prettyLines } = await import("./pretty-lines.ts");
  const pretty = prettyLines(options);
  return (line) => sink.write(pretty(line));
}

/** A Log that writes JSON lines to a stream. */
export function logTo(sink: DestinationStream, level: LogLevel): Log {
  const writer = pino(
    {
      level,
      // pid and hostname say nothing inside a pod that the collector does not add.
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return (event, fields) => {
    const facts = EVENTS[event];
    writer[facts.level]({ event, ...fields }, facts.message);
  };
}
