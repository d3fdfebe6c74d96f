/** What a snapshot over its limits holds in place of content. `overflow.ts` makes the next values. */
import type { CredentialKey } from "../credential/credential.ts";
import type { SortedMap } from "./sorted-map.ts";
import type { ScopeId } from "./sync-event.ts";

/** What is kept of one object. */
export interface Shadow {
  readonly scope: ScopeId;
  readonly version: string;
  readonly sizeBytes: number;
}

/** The state over the limits, until every scope has been listed again. */
export interface Overflow {
  readonly shadows: SortedMap<CredentialKey, Shadow>;
  readonly sizeBytes: number;
  /** Scopes whose entries are frozen; each continues with its next reset. */
  readonly waiting: ReadonlySet<ScopeId>;
  /** Whether the lists that end this state were requested. */
  readonly asked: boolean;
}
