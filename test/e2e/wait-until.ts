/**
 * Waits for a condition of the cluster by asking again: Kubernetes has no other way to be asked from a script.
 */
import { setTimeout as delay } from "node:timers/promises";

/** Asks every 200 ms. @throws Error that says what was waited for, and what `explain` finds. */
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
