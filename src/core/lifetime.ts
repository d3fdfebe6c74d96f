/**
 * How long the previous data of a credential stays readable: `--previous-for`, overridden per credential by the
 * annotation `podkey.dev/previous-for` up to `--previous-max`. Pure; `view-fold.ts` applies it.
 */
import type { Credential } from "./credential.ts";
import { parseDurationMs } from "./duration.ts";

/** The overlap settings; milliseconds. */
export interface Lifetimes {
  /** 0: off. */
  readonly previousForMs: number;
  readonly previousMaxMs: number;
}

/** The annotation that sets the overlap of one credential. */
export const PREVIOUS_FOR = "podkey.dev/previous-for";

/** Milliseconds for which the data that this credential replaced stays readable; 0 purges it at once. */
export function previousForMs(credential: Credential, lifetimes: Lifetimes): number {
  const text = credential.annotations[PREVIOUS_FOR];
  const wanted = text === undefined ? undefined : parseDurationMs(text);
  // Unreadable is treated as unset: the default is the documented behaviour, and decode reports the annotation.
  return Math.min(wanted ?? lifetimes.previousForMs, lifetimes.previousMaxMs);
}
