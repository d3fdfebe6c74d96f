/**
 * The values that a snapshot over its limits holds in place of content. Part of `Snapshot`; `overflow.ts` makes the next
 * of them.
 */
import type { CredentialKey } from "../credential/credential.ts";
import type { SortedMap } from "./sorted-map.ts";
import type { ScopeId } from "./sync-event.ts";

/** An object of which only this is kept. */
export interface Shadow {
  readonly scope: ScopeId;
  readonly version: string;
  readonly sizeBytes: number;
}

/** The state over the limits and, after it, until every scope has been listed again. */
export interface Overflow {
  readonly shadows: SortedMap<CredentialKey, Shadow>;
  readonly sizeBytes: number;
  /** Scopes whose entries stand still; each needs a reset to go on. */
  readonly waiting: ReadonlySet<ScopeId>;
  /** Whether the lists that end this state were asked for. */
  readonly asked: boolean;
}
