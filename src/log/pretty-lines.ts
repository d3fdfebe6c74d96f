/**
 * Log lines as a person at a terminal reads them. A file of its own, because only a terminal loads pino-pretty; of it
 * only the words are used, since its own way out waits for a reader that has stopped.
 */
import { prettyFactory } from "pino-pretty";

/** Turns a JSON line into a readable one. */
export function prettyLines(options: { readonly colour: boolean }): (line: string) => string {
  return prettyFactory({
    colorize: options.colour,
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
    ignore: "event",
  });
}
