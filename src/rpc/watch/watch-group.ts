/**
 * All Watches of a consumer with equal filters. A change is matched and encoded once for the group, and all streams share
 * the bytes: a thousand Watches of one credential cost one match and one encoding.
 */
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { View, ViewChange } from "../../core/view/view.ts";
import type { AnswerMemo, FreshnessPart } from "./answer-memo.ts";
import { stringField } from "../codec/answers.ts";
import { serializeReply } from "../codec/reply.ts";
import type { Reply } from "../codec/reply.ts";
import { filterMatches } from "../request/filter.ts";
import type { Filter } from "../request/filter.ts";
import { sealResumeToken } from "./resume-token.ts";
import type { TokenSeal } from "../request/sealed-token.ts";
import { deliverChange } from "./watch-delivery.ts";
import type { Selection } from "./watch-delivery.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import type { WatchMessage } from "./watch-messages.ts";
import { FRESHNESS_FIELD, RESUME_TOKEN_FIELD, REVISION_FIELD } from "./watch-messages.ts";

export interface WatchGroupDeps {
  readonly view: ConsumerView;
  readonly memo: AnswerMemo;
  readonly seal: TokenSeal;
  readonly filter: Filter;
}

interface SharedChange {
  readonly dirtyKeys: readonly DirtyKey[];
  readonly view: View;
  readonly freshness: Buffer;
  readonly message: WatchMessage;
}

/** See the file comment. */
export class WatchGroup implements Selection {
  readonly filter: Filter;
  readonly #deps: WatchGroupDeps;
  #token: { readonly number: number; readonly bytes: Buffer } | undefined;
  #shared: SharedChange | undefined;
  #isFanningOut = false;

  constructor(deps: WatchGroupDeps) {
    this.#deps = deps;
    this.filter = deps.filter;
  }

  /** The view now; undefined before the first sync. */
  current(): View | undefined {
    return this.#deps.view.current();
  }

  freshness(): FreshnessPart {
    return this.#deps.memo.freshness(FRESHNESS_FIELD, this.filter);
  }

  /** Token, revision and freshness of a message after which the client's state is this revision. */
  tail(number: number): Reply {
    if (this.#token?.number !== number) {
      const token = sealResumeToken(this.#deps.seal, this.filter, number);
      this.#token = { number, bytes: stringField(RESUME_TOKEN_FIELD, token) };
    }
    const { memo } = this.#deps;
    return [this.#token.bytes, memo.revision(REVISION_FIELD, number), this.freshness().bytes];
  }

  /** The keys of a change that match the filter before or after it. */
  dirtyKeysOf(change: ViewChange): readonly DirtyKey[] {
    const dirtyKeys: DirtyKey[] = [];
    for (const key of change.changed) {
      const entry = change.view.entries.get(key);
      const before = change.replaced.get(key);
      if (entry === undefined) continue;
      if (filterMatches(this.filter, entry) || (before !== undefined && filterMatches(this.filter, before)))
        dirtyKeys.push({ key, uid: (before ?? entry).credential.uid });
    }
    for (const entry of change.removed)
      if (filterMatches(this.filter, entry)) dirtyKeys.push({ key: entry.key, uid: entry.credential.uid });
    return dirtyKeys;
  }

  /** The change of these keys if it fits in one message; streams with the same dirty keys share its bytes. */
  sharedChange(view: View, dirtyKeys: readonly DirtyKey[]): WatchMessage | undefined {
    const { bytes: freshness } = this.freshness();
    const known = this.#shared;
    if (known?.dirtyKeys === dirtyKeys && known.view === view && known.freshness === freshness)
      return known.message;
    const first = deliverChange(this, view, dirtyKeys).next();
    if (first.done === true || !first.value.isLast) return undefined;
    if (!this.#isFanningOut) return first.value;
    const joined = Buffer.from(serializeReply(first.value.reply));
    const message = { ...first.value, reply: [joined] };
    this.#shared = { dirtyKeys, view, freshness, message };
    return message;
  }

  /** A change is about to be sent to all streams: keep its bytes. */
  startFanOut(): void {
    this.#isFanningOut = true;
  }

  /** All streams that were ready have it: drop the bytes, because they contain values. */
  endFanOut(): void {
    this.#isFanningOut = false;
    this.#shared = undefined;
  }
}
