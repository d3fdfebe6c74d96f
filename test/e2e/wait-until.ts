/** Waits for a condition of the cluster by polling. */
import { setTimeout as delay } from "node:timers/promises";

/** Polls every 200 ms. @throws Error with `what` and the result of `explain`. */
export async function waitUntil(
  what: string,
  condition: () => Promise<boolean>,
  how: { readonly limitMs: number; readonly explain?: () => Promise<string> },
): Promise<void> {
  const startedMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedMs > how.limitMs)
      throw new Error(`Waited ${String(how.limitMs)} ms for ${what}.\n${(await how.explain?.()) ?? ""}`);
    await delay(200);
  }
}
