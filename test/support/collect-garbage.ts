/**
 * Runs a full garbage collection without a Node flag. For tests that compare memory with a baseline.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Collects until the finalizers of the first round have run. */
export function collectGarbage(): void {
  gc();
  gc();
}
