/** The largest credential that is sent with its values, and the problem that a larger one has. */
import type { Problem } from "./problem.ts";

/** In encoded bytes. A larger credential is sent as metadata: gRPC clients accept messages of 4 MiB by default. */
export const CREDENTIAL_LIMIT_BYTES = 3 * 1024 * 1024;

/** The problem, for a view that has all of these keys. */
export function tooLarge(keys: readonly string[]): Problem {
  return {
    reason: "TOO_LARGE",
    key: "",
    keys,
    message: "The credential is over 3 MiB encoded and is sent without its values; ask Get for single keys.",
    contentOutdated: false,
  };
}
