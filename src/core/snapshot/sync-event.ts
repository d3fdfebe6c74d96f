/**
 * The events that a source sends to the snapshot. Events of different scopes may interleave. Within a scope,
 * `reset-begin … reset-end` encloses a complete list, which replaces the scope at once; between two resets each event is
 * about one object. The shape is that of kube-rs (Init, InitApply, InitDone, Apply, Delete), plus the events about
 * freshness: proof, contact and trouble.
 */
import type { Credential } from "../credential/credential.ts";
import type { StaleReason } from "../time/freshness.ts";
import type { Problem } from "../credential/problem.ts";

/** One upstream watch: a namespace, all namespaces (`*`), one name (`ns/name`), or a folder. Unique in the process. */
export type ScopeId = string & { readonly __brand: "ScopeId" };

/** Which credentials a scope covers. */
export interface Scope {
  readonly id: ScopeId;
  /** The namespace, or undefined for all namespaces. */
  readonly namespace: string | undefined;
  /** The one name, in names mode; undefined otherwise. */
  readonly name: string | undefined;
}

/** An object that cannot be decoded: the last good content stays, marked with the problem. */
export interface Undecodable {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly problem: Problem;
}

/** Why a complete list was taken; the label of `podkey_relists_total`. */
export type ResetCause =
  | "initial"
  | "expired"
  | "short_watch"
  | "malformed"
  | "anti_entropy"
  | "proof"
  | "limit"
  | "rewound"
  | "silent"
  | "scan";

/** An event of a source. `scope` is where it came from. */
export type SyncEvent =
  | { readonly kind: "reset-begin"; readonly scope: ScopeId; readonly cause: ResetCause }
  | { readonly kind: "reset-item"; readonly scope: ScopeId; readonly item: Credential | Undecodable }
  /**
   * The list is complete: replace the scope. `resourceVersion` is the version of the list (empty if the source has
   * none): what a watch delivered after it stays. `rewound`: history went back, so the scope is replaced regardless of
   * versions.
   */
  | {
      readonly kind: "reset-end";
      readonly scope: ScopeId;
      readonly resourceVersion: string;
      readonly rewound: boolean;
    }
  /** The list failed or its result is not used: drop the items since `reset-begin`. */
  | { readonly kind: "reset-abort"; readonly scope: ScopeId }
  | { readonly kind: "put"; readonly scope: ScopeId; readonly item: Credential | Undecodable }
  | { readonly kind: "remove"; readonly scope: ScopeId; readonly gone: Gone }
  /** The source proved that the snapshot of this scope is up to date as of now (bookmark, equal metadata list). */
  | { readonly kind: "proof"; readonly scope: ScopeId }
  /**
   * A byte or a PING acknowledgement arrived: the transport works, which proves nothing about the data.
   * `detectsSilence`: the transport would detect silence (HTTP/2 PING). False on HTTP/1.1 and for folders, where the age
   * of the contact never makes an answer STALE.
   */
  | { readonly kind: "contact"; readonly scope: ScopeId; readonly detectsSilence: boolean }
  /** The source fails for this reason; undefined: it has recovered. The reason explains STALE and never causes it. */
  | { readonly kind: "trouble"; readonly scope: ScopeId; readonly reason: StaleReason | undefined };

/** An object that was deleted or left the selection. */
export interface Gone {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The version of the deletion, higher than the last version of the object (measured on Kubernetes 1.36). */
  readonly resourceVersion: string;
}

/** Whether the item is an object that cannot be decoded. */
export function isUndecodable(item: Credential | Undecodable): item is Undecodable {
  return "problem" in item;
}
