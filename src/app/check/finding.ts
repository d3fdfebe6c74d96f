/**
 * One line of `podkey check`: what was looked at, how it stands, what to do. Value-free like a log line.
 */
import type { ExitCode } from "../../exit-code.ts";

/** See the file comment. */
export interface Finding {
  /** What was looked at: `configuration`, `permission`, `listener web`. */
  readonly subject: string;
  readonly level: "ok" | "warn" | "fail";
  /** One sentence; for warn and fail with the remedy. */
  readonly text: string;
  /** The exit code that a fail asks for; of several the first counts. */
  readonly exitCode?: ExitCode;
}
