/**
 * Remembers which step of the e2e tier failed, for `--resume`. One small file in the user cache.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../support/cache-folder.ts";

function path(): string {
  return join(cacheFolder("e2e"), "failed-step");
}

/** Number of the step that failed last; undefined when the last run was green. */
export function readFailure(): string | undefined {
  try {
    return readFileSync(path(), "utf8");
  } catch {
    return undefined;
  }
}

/** Notes it. */
export function writeFailure(step: string): void {
  writeFileSync(path(), step);
}

/** After a green run. */
export function forgetFailure(): void {
  rmSync(path(), { force: true });
}
