/**
 * What of an error may be logged: its class, and its message only where podkey or the operating system wrote it. A
 * parser's message may quote what it read, and what it read may be a Secret. Every `error` field of the log comes
 * through here.
 */

/** Fields for a log line. */
export interface SafeError {
  /** Class of the error. */
  readonly error: string;
  /** The message where it is known to be value-free; the system's code (`EACCES`) where there is one. */
  readonly cause: string | undefined;
}

/** Classes whose messages podkey writes itself, value-free by the rules of their files. */
const OWN_CLASSES: ReadonlySet<string> = new Set([
  "PodkeyError",
  "SyncError",
  "ConfigError",
  "CliError",
  "ListenerError",
]);

/** Reduces anything thrown. */
export function safeError(thrown: unknown): SafeError {
  if (!(thrown instanceof Error)) return { error: typeof thrown, cause: undefined };
  if (OWN_CLASSES.has(thrown.name)) return { error: thrown.name, cause: thrown.message };
  const code: unknown = "code" in thrown ? thrown.code : undefined;
  return { error: thrown.name, cause: typeof code === "string" ? code : undefined };
}

/** Where in the program it was thrown: function and file names, without the message. For bugs only. */
export function stackFrames(thrown: unknown): string {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return "";
  // The message stands before the frames and may hold lines that look like one.
  const behindMessage = thrown.stack.indexOf(thrown.message) + thrown.message.length;
  const frames = thrown.stack
    .slice(behindMessage)
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
  return frames
    .slice(0, 8)
    .map((line) => line.trim().slice("at ".length))
    .join(" < ");
}
