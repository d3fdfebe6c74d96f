/** Logs each refused entry of a folder once, not at every poll. */
import type { Log } from "../../log/events.ts";
import type { Refusal } from "./listing.ts";

/** Creates a function to call with the refusals of each listing. */
export function createRefusalLog(log: Log): (refusals: readonly Refusal[]) => void {
  let known: ReadonlySet<string> = new Set();
  return (refusals) => {
    for (const { path, reason } of refusals) {
      if (!known.has(`${path}\0${reason}`)) log("folder_entry_refused", { path, why: reason });
    }
    known = new Set(refusals.map(({ path, reason }) => `${path}\0${reason}`));
  };
}
