/**
 * Reduces an error to the parts that can be logged: its class, and its message only if podkey wrote it. The message of a
 * parser can quote its input, which can be a Secret. Every `error` field of the log comes from here.
 */

/** Fields for a log line. */
export interface SafeError {
  /** Class of the error. */
  readonly error: string;
  /** The message if podkey wrote it, else the code of a system error (`EACCES`). */
  readonly cause: string | undefined;
}

/** Classes of podkey whose messages never contain values. */
const OWN_CLASSES: ReadonlySet<string> = new Set([
  "PodkeyError",
  "SyncError",
  "ConfigError",
  "CliError",
  "ListenerError",
]);

/** Reduces any thrown value. */
export function safeError(thrown: unknown): SafeError {
  if (!(thrown instanceof Error)) return { error: typeof thrown, cause: undefined };
  if (OWN_CLASSES.has(thrown.name)) return { error: thrown.name, cause: thrown.message };
  const code: unknown = "code" in thrown ? thrown.code : undefined;
  return { error: thrown.name, cause: typeof code === "string" ? code : undefined };
}

/** The stack frames without the message; for bugs. */
export function stackFrames(thrown: unknown): string {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return "";
  // The message comes first and can contain lines that look like frames.
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
