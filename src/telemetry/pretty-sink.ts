/**
 * The log as a person at a terminal reads it. A file of its own, because only a terminal loads pino-pretty.
 */
import type { DestinationStream } from "pino";
import pretty from "pino-pretty";

/** A stream that writes JSON lines as readable ones; synchronously, so that nothing is lost at the end. */
export function prettySink(options: { readonly fd: number; readonly colour: boolean }): DestinationStream {
  return pretty({
    destination: options.fd,
    sync: true,
    colorize: options.colour,
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
    ignore: "event",
  });
}
