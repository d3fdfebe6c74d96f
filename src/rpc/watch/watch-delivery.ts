/**
 * What is sent to bring a client from one state to another, as a lazy sequence of messages cut from one view: a reset
 * with its items, a resume, or a change in parts (contract section 1, the Watch protocol, points 1 to 4). Lazy, so that a
 * slow reader of 10,000 items holds one encoded message and the (shared) view.
 */
import { splitCredentialKey } from "../core/credential.ts";
import type { View } from "../core/view.ts";
import { filterCouldMatch, filterMatches, selectEntries } from "./filter.ts";
import type { ResetReason } from "./resume-token.ts";
import type { WatchGroup } from "./watch-group.ts";
import type { Mark } from "./watch-mark.ts";
import type { WatchMessage } from "./watch-messages.ts";
import {
  CHANGE_TARGET_BYTES,
  changeMessage,
  itemMessage,
  removedField,
  resetMessage,
  syncedMessage,
} from "./watch-messages.ts";
import { credentialField } from "./codec/credential.ts";

/** Messages in order; the last one has `isLast`. */
export type Delivery = Iterator<WatchMessage, void>;

/** The whole state: reset, items, synced. */
export function* deliverReset(
  group: WatchGroup,
  view: View,
  reason: ResetReason,
): Generator<WatchMessage, void> {
  yield resetMessage(reason);
  for (const entry of selectEntries(view, group.filter)) yield itemMessage(entry, group.filter.detail);
  yield syncedMessage(group.tail(view.number));
}

/** What changed after a revision that the client has, merged; then synced. */
export function* deliverResume(group: WatchGroup, view: View, after: number): Generator<WatchMessage, void> {
  const marks = [...marksSince(group, view, after)];
  if (marks.length > 0)
    for (const message of deliverChange(group, view, marks)) yield { ...message, isLast: false };
  yield syncedMessage(group.tail(view.number));
}

/** The state of what is marked, in parts of about 1 MiB. Marks must not be empty. */
export function* deliverChange(
  group: WatchGroup,
  view: View,
  marks: readonly Mark[],
): Generator<WatchMessage, void> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for (const mark of marks) {
    const part = changePart(group, view, mark);
    if (parts.length > 0 && bytes + part.byteLength > CHANGE_TARGET_BYTES) {
      yield changeMessage(parts, undefined);
      parts = [];
      bytes = 0;
    }
    parts.push(part);
    bytes += part.byteLength;
  }
  yield changeMessage(parts, group.tail(view.number));
}

function changePart(group: WatchGroup, view: View, mark: Mark): Buffer {
  const entry = view.entries.get(mark.key);
  if (entry !== undefined && filterMatches(group.filter, entry))
    return credentialField(entry, group.filter.detail);
  const { namespace, name } = splitCredentialKey(mark.key);
  return removedField(namespace, name, mark.uid);
}

/** An entry that changed but does not match is told as removed: before its change it may have matched. */
function* marksSince(group: WatchGroup, view: View, after: number): Generator<Mark, void> {
  for (const [key, entry] of view.entries.entries())
    if (entry.revision > after && filterCouldMatch(group.filter, key))
      yield { key, uid: entry.credential.uid };
  const told = new Set<string>();
  for (const tombstone of view.tombstones) {
    const { key, uid, revision } = tombstone;
    if (revision <= after || told.has(key) || view.entries.get(key) !== undefined) continue;
    if (!filterCouldMatch(group.filter, key)) continue;
    told.add(key);
    yield { key, uid };
  }
}
