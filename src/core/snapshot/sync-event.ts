/**
 * The event protocol between a source and the snapshot. A source may send the events of different scopes
 * interleaved; within one scope `reset-begin … reset-end` brackets a complete list, which replaces the scope at
 * once, and everything between two resets is one object at a time. The shape is kube-rs's Init/InitApply/InitDone/
 * Apply/Delete, plus what podkey says about freshness: proof, contact and trouble.
 */
import type { Credential } from "../credential/credential.ts";
import type { StaleReason } from "../time/freshness.ts";
import type { Problem } from "../credential/problem.ts";

/** One upstream watch: a namespace, all namespaces (`*`), one name (`ns/name`), or a folder. Unique in the process. */
export type ScopeId = string & { readonly __brand: "ScopeId" };

/** Which credentials a scope answers for. */
export interface Scope {
  readonly id: ScopeId;
  /** The namespace, or undefined for all namespaces. */
  readonly namespace: string | undefined;
  /** The one name, in names mode; undefined otherwise. */
  readonly name: string | undefined;
}

/** Something at the source that could not be decoded: the last good content stays, marked with the problem. */
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

/** What a source tells the snapshot. `scope` names who says it. */
export type SyncEvent =
  | { readonly kind: "reset-begin"; readonly scope: ScopeId; readonly cause: ResetCause }
  | { readonly kind: "reset-item"; readonly scope: ScopeId; readonly item: Credential | Undecodable }
  /**
   * The list is complete: replace the scope. `resourceVersion` is where the list was cut (empty where the source has
   * none): what came by a watch after it stays. `rewound`: the history went back, so replace whatever the versions say.
   */
  | {
      readonly kind: "reset-end";
      readonly scope: ScopeId;
      readonly resourceVersion: string;
      readonly rewound: boolean;
    }
  /** The list broke off or its result may not be used: forget the items since `reset-begin`. */
  | { readonly kind: "reset-abort"; readonly scope: ScopeId }
  | { readonly kind: "put"; readonly scope: ScopeId; readonly item: Credential | Undecodable }
  | { readonly kind: "remove"; readonly scope: ScopeId; readonly gone: Gone }
  /** The source proved that the snapshot of this scope is up to date as of now (bookmark, equal metadata list). */
  | { readonly kind: "proof"; readonly scope: ScopeId }
  /**
   * A byte or a PING ack came from the source: the transport lives, which says nothing of the data. `detectsSilence`: the
   * transport would notice silence (HTTP/2 PING); false on HTTP/1.1 and folders, where contact never makes STALE.
   */
  | { readonly kind: "contact"; readonly scope: ScopeId; readonly detectsSilence: boolean }
  /** The source is in trouble (or, with undefined, out of it again); only explains staleness, never makes it. */
  | { readonly kind: "trouble"; readonly scope: ScopeId; readonly reason: StaleReason | undefined };

/** An object that was deleted or left the selection. */
export interface Gone {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The version of the deletion (higher than the object's last, measured on 1.36). */
  readonly resourceVersion: string;
}

/** Tells a decoded credential from an undecodable object. */
export function isUndecodable(item: Credential | Undecodable): item is Undecodable {
  return "problem" in item;
}
