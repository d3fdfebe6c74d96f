/**
 * The log of the process: pino to standard output, one JSON object a line (`level`, `time`, `event`, `msg` and the
 * event's fields), or a pretty form for a terminal. Writing never blocks the program: where the reader of the pipe
 * stops, lines beyond a buffer are dropped, not waited for. Only `app.ts` makes one; everybody else gets a `Log`.
 */
import type { DestinationStream } from "pino";
import { destination, pino, stdTimeFunctions } from "pino";
import type { LogLevel } from "../config/schema.ts";
import type { Log } from "./events.ts";
import { EVENTS } from "./events.ts";

/** What the logger is told. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
  /** File descriptor to write to; 1 in the process. */
  readonly fd: number;
  /** Whether the pretty form may use colours. */
  readonly colour: boolean;
}

/** A log and the way to get its last lines out. */
export interface Logger {
  readonly log: Log;
  /** Writes what is buffered, now and synchronously; called before the process ends. */
  readonly flush: () => void;
}

/** Lines waiting for a reader that does not read; beyond, they are dropped. */
const BUFFER_LIMIT_BYTES = 1_048_576;

/** Opens the log. Async because the pretty form is a module that only a terminal pays for. */
export async function openLogger(options: LoggerOptions): Promise<Logger> {
  if (options.format === "pretty") {
    const { prettySink } = await import("./pretty-sink.ts");
    return { log: logTo(prettySink(options), options.level), flush: () => undefined };
  }
  const sink = destination({ fd: options.fd, sync: false, maxLength: BUFFER_LIMIT_BYTES });
  return { log: logTo(sink, options.level), flush: () => flushQuietly(sink) };
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

/** sonic-boom throws when its file descriptor is not ready or gone; at the end of a process nobody can be told. */
function flushQuietly(sink: { flushSync(): void }): void {
  try {
    sink.flushSync();
  } catch {
    // Nothing is left to write to.
  }
}
