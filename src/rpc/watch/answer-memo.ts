/**
 * Encodes the revision and freshness fields of one consumer's answers once and shares them. A revision is reused until the
 * next one, a freshness for one millisecond (its resolution) or until the state of the source changes. So thousands of
 * reads a second encode neither.
 */
import type { Clock } from "../../core/time/clock.ts";
import type { ConsumerView, ReadScope } from "../../core/view/consumer-view.ts";
import type { Freshness } from "../../core/time/freshness.ts";
import { freshnessField, revisionField } from "../codec/answers.ts";

/** An encoded freshness with its state. */
export interface FreshnessPart {
  readonly bytes: Buffer;
  readonly state: Freshness["state"];
}

interface FreshnessSlot extends FreshnessPart {
  readonly atMs: number;
  readonly readScope: ReadScope;
}

/** See the file comment. One for each consumer. */
export class AnswerMemo {
  readonly #view: ConsumerView;
  readonly #clock: Clock;
  readonly #revisions = new Map<number, { readonly number: number; readonly bytes: Buffer }>();
  readonly #freshness = new Map<number, FreshnessSlot>();

  constructor(deps: { readonly view: ConsumerView; readonly clock: Clock }) {
    this.#view = deps.view;
    this.#clock = deps.clock;
  }

  /** Revision `number` of this consumer as this field. */
  revision(field: number, number: number): Buffer {
    const known = this.#revisions.get(field);
    if (known?.number === number) return known.bytes;
    const bytes = revisionField(field, this.#view.epoch, number);
    this.#revisions.set(field, { number, bytes });
    return bytes;
  }

  /** The freshness of this part of the source, now, as this field. */
  freshness(field: number, readScope: ReadScope): FreshnessPart {
    const atMs = Math.floor(this.#clock.nowMs());
    const known = this.#freshness.get(field);
    if (known !== undefined && known.atMs === atMs && sameReadScope(known.readScope, readScope)) return known;
    const freshness = this.#view.freshness(readScope);
    const bytes = freshnessField(field, freshness, this.#clock);
    const slot: FreshnessSlot = { bytes, state: freshness.state, atMs, readScope };
    this.#freshness.set(field, slot);
    return slot;
  }

  /** Drops the memoised freshness, because it changed within the millisecond. */
  forgetFreshness(): void {
    this.#freshness.clear();
  }
}

function sameReadScope(a: ReadScope, b: ReadScope): boolean {
  if (a === b) return true;
  if (a.namespace !== b.namespace || a.names?.size !== b.names?.size) return false;
  // One name, as in a Get; more are compared only by identity above.
  return a.names === undefined || (a.names.size === 1 && a.names.isSubsetOf(b.names ?? new Set()));
}
