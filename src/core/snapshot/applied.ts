/** The result of one event of the source: the next snapshot and what changed in it. */
import type { CredentialKey } from "../credential/credential.ts";
import type { Snapshot } from "./snapshot.ts";
import type { ScopeId } from "./sync-event.ts";

/** Why an event changed nothing; the label of `podkey_events_dropped_total`. */
export type DropReason = "duplicate" | "stale" | "unknown" | "other_uid";

/** The result of one event. */
export interface Applied {
  readonly snapshot: Snapshot;
  /** Keys whose entry was replaced; the content may still be equal. */
  readonly changedKeys: readonly CredentialKey[];
  readonly dropped: DropReason | undefined;
  /** Scopes to list again, because the source is within the limits again. */
  readonly relist: readonly ScopeId[];
}
