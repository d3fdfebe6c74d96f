/**
 * From a change of the store to the event of a watcher with a selector (apiserver's setCachingObjects): an object that
 * leaves the selection is DELETED in its old state with the new revision, one that enters is ADDED.
 */
import type { KubeObject } from "./kube-object.ts";
import type { StoreChange } from "./object-store.ts";
import type { Selection } from "./selection.ts";

/** One event of a watch, before it is shaped for the wire. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
}

/** The event of a change for a watcher of this selection; undefined: none. */
export function watchEventOf(change: StoreChange, selection: Selection): WatchEvent | undefined {
  const { before, after } = change;
  const was = before !== undefined && selection.matches(before);
  const is = after !== undefined && selection.matches(after);
  if (after !== undefined && is) return { type: was ? "MODIFIED" : "ADDED", object: after };
  if (before !== undefined && was) return { type: "DELETED", object: atRevision(before, change.revision) };
  return undefined;
}

function atRevision(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
