/**
 * Formats log lines for a terminal. A file of its own, because only terminals load pino-pretty. Its output stream is not
 * used, because it blocks when the output is not read.
 */
import { prettyFactory } from "pino-pretty";

/** Converts a JSON line to a readable line. */
export function prettyLines(options: { readonly colour: boolean }): (line: string) => string {
  return prettyFactory({
    colorize: options.colour,
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
    ignore: "event",
  });
}
