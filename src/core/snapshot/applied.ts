/**
 * What came of one event of the source: the next snapshot and what moved in it. Returned by `apply-event.ts` and the
 * files it calls, read by the store.
 */
import type { CredentialKey } from "../credential/credential.ts";
import type { Snapshot } from "./snapshot.ts";
import type { ScopeId } from "./sync-event.ts";

/** Why an event changed nothing; the label of `podkey_events_dropped_total`. */
export type DropReason = "duplicate" | "stale" | "unknown" | "other_uid";

/** The result of one event. */
export interface Applied {
  readonly snapshot: Snapshot;
  /** Keys whose entry is another object now; their content may still be equal. */
  readonly changedKeys: readonly CredentialKey[];
  readonly dropped: DropReason | undefined;
  /** Scopes that must be listed again because the source fits into the limits once more. */
  readonly relist: readonly ScopeId[];
}
