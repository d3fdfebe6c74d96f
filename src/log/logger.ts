/**
 * The log of the process: pino to standard output, one JSON object per line (`level`, `time`, `event`, `msg` and the fields of
 * the event), or a readable form for a terminal. Writing never blocks (line-sink.ts).
 */
import type { DestinationStream } from "pino";
import { pino, stdTimeFunctions } from "pino";
import type { LogLevel } from "../config/schema/schema.ts";
import type { Timers } from "../core/time/clock.ts";
import type { Log } from "./events.ts";
import { EVENTS } from "./events.ts";
import { LineSink, pauseThread, writeTo } from "./line-sink.ts";

/** Settings of the logger. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
  /** Non-blocking file descriptor to write to; 1 in the process. */
  readonly fd: number;
  /** Whether the readable form uses colours. */
  readonly colour: boolean;
  readonly timers: Timers;
  /** Called with the number of lines that were dropped because the output was not read. */
  readonly lost: (lines: number) => void;
}

/** A log with a flush. */
export interface Logger {
  readonly log: Log;
  /** Writes buffered lines synchronously, for at most 0.2 s; called before the process exits. */
  readonly flush: () => void;
}

/** Opens the log. Async, because the readable form is loaded on demand. */
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

/** A `Log` that writes JSON lines to a stream. */
export function logTo(sink: DestinationStream, level: LogLevel): Log {
  const writer = pino(
    {
      level,
      // No pid and hostname: log collectors add the pod.
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
