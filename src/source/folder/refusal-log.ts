/**
 * Logs what a folder leaves out: once when it is first seen, not at every look.
 */
import type { Log } from "../../log/events.ts";
import type { Refusal } from "./listing.ts";

/** Makes the function that is told the refusals of each listing that was read. */
export function createRefusalLog(log: Log): (refusals: readonly Refusal[]) => void {
  let known: ReadonlySet<string> = new Set();
  return (refusals) => {
    for (const { path, reason } of refusals) {
      if (!known.has(`${path}\0${reason}`)) log("folder_entry_refused", { path, why: reason });
    }
    known = new Set(refusals.map(({ path, reason }) => `${path}\0${reason}`));
  };
}
