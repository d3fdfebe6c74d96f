/**
 * The messages that bring a client from one state to another, as a lazy sequence cut from one view: a reset with its
 * items, a resume, or a change in parts (docs/api.md, "The Watch protocol"). Lazy, so that a slow reader of 10,000 items holds
 * one encoded message and the shared view.
 */
import { splitCredentialKey } from "../../core/credential/credential.ts";
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { withoutValues } from "../../core/view/project.ts";
import type { Reply } from "../codec/reply.ts";
import type { View } from "../../core/view/view.ts";
import type { Filter } from "../request/filter.ts";
import { filterCouldMatch, filterMatches, selectEntries } from "../request/filter.ts";
import type { ResetReason } from "./resume-token.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import type { WatchMessage } from "./watch-messages.ts";
import {
  CHANGE_TARGET_BYTES,
  CHANGE_TARGET_COUNT,
  changeMessage,
  itemMessage,
  removedField,
  resetMessage,
  syncedMessage,
} from "./watch-messages.ts";
import { credentialField } from "../codec/credential.ts";

/** The Watches that a delivery is made for. */
export interface Selection {
  readonly filter: Filter;
  /** Token, revision and freshness of a message after which the client's state is this revision. */
  tail(number: number): Reply;
}

/** Messages in order; the last one has `isLast`. */
export type Delivery = Iterator<WatchMessage, void>;

/** The complete state: reset, items, synced. */
export function* deliverReset(
  selection: Selection,
  view: View,
  reason: ResetReason,
): Generator<WatchMessage, void> {
  yield resetMessage(reason);
  for (const entry of selectEntries(view, selection.filter))
    yield itemMessage(entry, selection.filter.detail);
  yield syncedMessage(selection.tail(view.number));
}

/** One merged change since the revision that the client has, then synced. */
export function* deliverResume(
  selection: Selection,
  view: View,
  after: number,
): Generator<WatchMessage, void> {
  const dirtyKeys = [...dirtyKeysSince(selection, view, after)];
  if (dirtyKeys.length > 0)
    for (const message of deliverChange(selection, view, dirtyKeys)) yield { ...message, isLast: false };
  yield syncedMessage(selection.tail(view.number));
}

/** The current state of these keys (not empty), in parts of about 1 MiB and at most 250 credentials. */
export function* deliverChange(
  selection: Selection,
  view: View,
  dirtyKeys: readonly DirtyKey[],
): Generator<WatchMessage, void> {
  let parts: Buffer[] = [];
  let credentials: Credential[] = [];
  let bytes = 0;
  for (const { key, uid } of dirtyKeys) {
    const found = view.entries.get(key);
    const entry = found !== undefined && filterMatches(selection.filter, found) ? found : undefined;
    const part =
      entry === undefined ? removedPart(key, uid) : credentialField(entry, selection.filter.detail);
    const isFull = parts.length >= CHANGE_TARGET_COUNT || bytes + part.byteLength > CHANGE_TARGET_BYTES;
    if (parts.length > 0 && isFull) {
      yield changeMessage({ parts, credentials }, undefined);
      parts = [];
      credentials = [];
      bytes = 0;
    }
    parts.push(part);
    if (entry !== undefined) credentials.push(withoutValues(entry.credential));
    bytes += part.byteLength;
  }
  yield changeMessage({ parts, credentials }, selection.tail(view.number));
}

function removedPart(key: CredentialKey, uid: string): Buffer {
  const { namespace, name } = splitCredentialKey(key);
  return removedField(namespace, name, uid);
}

/** Includes entries that do not match now: they are sent as removed, because they may have matched before. */
function* dirtyKeysSince(selection: Selection, view: View, after: number): Generator<DirtyKey, void> {
  for (const [key, entry] of view.entries.entries())
    if (entry.revision > after && filterCouldMatch(selection.filter, key))
      yield { key, uid: entry.credential.uid };
  const seen = new Set<string>();
  for (const tombstone of view.tombstones) {
    const { key, uid, revision } = tombstone;
    if (revision <= after || seen.has(key) || view.entries.get(key) !== undefined) continue;
    if (!filterCouldMatch(selection.filter, key)) continue;
    seen.add(key);
    yield { key, uid };
  }
}
