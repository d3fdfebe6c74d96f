/**
 * A full garbage collection, now, without starting Node with a flag. For tests that compare memory with a baseline.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Collects until finalizers of the first round have run too. */
export function collectGarbage(): void {
  gc();
  gc();
}
