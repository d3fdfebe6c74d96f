/** Stores which step of the e2e tier failed, for `--resume`, in a file in the user cache. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../support/cache-folder.ts";

function path(): string {
  return join(cacheFolder("e2e"), "failed-step");
}

/** The number of the step that failed last; undefined if the last run passed. */
export function readFailure(): string | undefined {
  try {
    return readFileSync(path(), "utf8");
  } catch {
    return undefined;
  }
}

/** Stores the number of the failed step. */
export function writeFailure(step: string): void {
  writeFileSync(path(), step);
}

/** Deletes the stored step, after a run that passed. */
export function clearFailure(): void {
  rmSync(path(), { force: true });
}
