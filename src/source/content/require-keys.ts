/**
 * Checks the keys that a Secret type requires. The problem of a missing key is shown only to consumers that may read
 * that key, so it reveals nothing outside their view.
 */
import type { Problem } from "../../core/credential/problem.ts";
import { problem } from "./problem-reasons.ts";
import type { SecretContent } from "./secret-content.ts";

/** One problem for each key that is missing or empty. */
export function requireKeys(content: SecretContent, keys: readonly string[]): readonly Problem[] {
  return keys.flatMap((key) => {
    const value = content.data.get(key);
    if (value === undefined) {
      return [problem("MISSING_KEY", `Key ${key} is missing; type ${content.type} needs it.`, { key })];
    }
    if (value.sizeBytes > 0) return [];
    return [problem("EMPTY_KEY", `Key ${key} is empty; type ${content.type} needs it.`, { key })];
  });
}
