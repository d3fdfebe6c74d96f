/**
 * One line of `podkey check`. It never contains a value of a Secret.
 */
import type { ExitCode } from "../../exit-code.ts";

/** The result of one check. */
export interface Finding {
  /** What was checked: `configuration`, `permission`, `listener web`. */
  readonly subject: string;
  readonly level: "ok" | "warn" | "fail";
  /** One sentence; for warn and fail with the remedy. */
  readonly text: string;
  /** The exit code of a fail; the first fail decides. */
  readonly exitCode?: ExitCode;
}
