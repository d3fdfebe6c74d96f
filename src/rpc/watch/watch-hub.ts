/**
 * All Watches of one consumer. The way of a Watch from request to bytes:
 * 1. `method/watch.ts` checks the request: `request/filter.ts` reads its filters, `resume-token.ts` decides how it starts.
 * 2. `open` here puts it into the `WatchGroup` of its filter's fingerprint, as a `WatchStream`.
 * 3. The view changes: `#onChange` lets each group match the change once and adds the result to the `DirtyKeys` of all its
 *    streams before any of them sends, so that no stream can send a revision whose change it has not sent.
 * 4. `ReadyQueue` pumps the streams that have something to send, 50 in a turn of the event loop, so that a Get never waits
 *    for a thousand streams. One timer serves all heartbeats and slow readers.
 * 5. `WatchStream` takes its next message, one in flight at a time, from `watch-delivery.ts`, which cuts a reset, a resume
 *    or a change from one view.
 * 6. `watch-messages.ts` composes it of fields that `codec/credential.ts` and `answer-memo.ts` encode once for all streams.
 * 7. `call/streaming.ts` hands it to HTTP/2 and reports back when the transport accepts the next one.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { ViewChange } from "../../core/view/view.ts";
import type { AnswerMemo } from "./answer-memo.ts";
import type { Filter } from "../request/filter.ts";
import type { ConsumerMetrics } from "../observe/rpc-metrics.ts";
import type { TokenSeal } from "../request/sealed-token.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { WatchGroup } from "./watch-group.ts";
import { WatchStream } from "./watch-stream.ts";
import type { WatchStreamDeps } from "./watch-stream.ts";

/** Deadlines of different streams closer than this share a wake-up. */
const SWEEP_INTERVAL_MS = 250;

export interface WatchHubDeps {
  readonly view: ConsumerView;
  readonly memo: AnswerMemo;
  readonly seal: TokenSeal;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: ConsumerMetrics;
  /** Runs a task in a later turn of the event loop. */
  readonly defer: (task: () => void) => void;
}

/** A Watch to open. */
export type OpenWatch = Pick<WatchStreamDeps, "start" | "heartbeatMs" | "send" | "end" | "cut" | "fail"> & {
  readonly filter: Filter;
};

/** Watches with the same fingerprint. */
interface OpenGroup {
  readonly group: WatchGroup;
  readonly streams: Set<WatchStream>;
}

/** See the file comment. */
export class WatchHub {
  readonly #deps: WatchHubDeps;
  readonly #groups = new Map<string, OpenGroup>();
  readonly #ready: ReadyQueue;
  readonly #unsubscribe: readonly (() => void)[];
  #isSynced: boolean;
  #changedAtMs: number | undefined;
  #sweepAtMs = Infinity;
  #cancelSweep: (() => void) | undefined;

  constructor(deps: WatchHubDeps) {
    this.#deps = deps;
    this.#ready = new ReadyQueue({ ...deps, afterSlice: (isIdle) => this.#afterSlice(isIdle) });
    this.#isSynced = deps.view.current() !== undefined;
    this.#unsubscribe = [
      deps.view.onChange((change) => this.#onChange(change)),
      deps.view.onPolicy(() => this.#onPolicy()),
      deps.view.onFreshness(() => this.#onFreshness()),
    ];
  }

  /** Opens a stream; its first message is sent before this returns. */
  open(watch: OpenWatch): WatchStream {
    const id = watch.filter.fingerprint.toString("latin1");
    let open = this.#groups.get(id);
    if (open === undefined) {
      open = { group: new WatchGroup({ ...this.#deps, filter: watch.filter }), streams: new Set() };
      this.#groups.set(id, open);
    }
    const stream = new WatchStream({
      group: open.group,
      start: watch.start,
      heartbeatMs: watch.heartbeatMs,
      send: watch.send,
      end: watch.end,
      cut: watch.cut,
      fail: watch.fail,
      nowMs: () => this.#deps.clock.nowMs(),
      onDueMs: (atMs) => this.#sweepNoLaterThan(atMs),
    });
    open.streams.add(stream);
    this.#sweepNoLaterThan(stream.dueMs());
    stream.pump();
    return stream;
  }

  /** Removes a stream whose call is over. Safe to call twice. */
  remove(stream: WatchStream): void {
    stream.close();
    this.#ready.delete(stream);
    const id = stream.group.filter.fingerprint.toString("latin1");
    const open = this.#groups.get(id);
    if (open?.streams.delete(stream) === true && open.streams.size === 0) this.#groups.delete(id);
  }

  /** Stops listening to the view; open streams send nothing more. */
  close(): void {
    for (const stop of this.#unsubscribe) stop();
    this.#cancelSweep?.();
    this.#ready.clear();
  }

  #onChange(change: ViewChange): void {
    this.#deps.memo.forgetFreshness();
    for (const { group, streams } of this.#groups.values()) {
      const dirtyKeys = group.dirtyKeysOf(change);
      // At the first sync every stream starts, whatever it selects.
      if (dirtyKeys.length === 0 && this.#isSynced) continue;
      group.startFanOut();
      let merged = 0;
      for (const stream of streams) {
        if (dirtyKeys.length > 0) merged += stream.addDirty(dirtyKeys);
        this.#ready.add(stream);
      }
      if (merged > 0) this.#deps.metrics.coalesced(merged);
    }
    this.#isSynced = true;
    this.#changedAtMs = this.#deps.clock.nowMs();
  }

  /** Before any other code runs, so that no message cut under the old policy is sent. */
  #onPolicy(): void {
    const { policy } = this.#deps.view;
    for (const { group, streams } of [...this.#groups.values()]) {
      group.endFanOut();
      for (const stream of [...streams]) {
        stream.onPolicy(policy);
        this.#ready.add(stream);
      }
    }
  }

  #onFreshness(): void {
    this.#deps.memo.forgetFreshness();
    const nowMs = this.#deps.clock.nowMs();
    for (const { streams } of this.#groups.values())
      for (const stream of streams) {
        stream.checkFreshness(nowMs);
        this.#ready.add(stream);
      }
  }

  #afterSlice(isIdle: boolean): void {
    if (this.#changedAtMs !== undefined)
      this.#deps.metrics.sendDuration((this.#deps.clock.nowMs() - this.#changedAtMs) / 1000);
    if (!isIdle) return;
    this.#changedAtMs = undefined;
    for (const { group } of this.#groups.values()) group.endFanOut();
  }

  #sweepNoLaterThan(atMs: number): void {
    if (atMs >= this.#sweepAtMs || atMs === Infinity) return;
    this.#cancelSweep?.();
    this.#sweepAtMs = atMs;
    const delayMs = Math.max(0, atMs - this.#deps.clock.nowMs());
    this.#cancelSweep = this.#deps.timers.after(delayMs, () => this.#sweep());
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.nowMs();
    let nextMs = Infinity;
    for (const { streams } of this.#groups.values())
      for (const stream of streams) {
        if (stream.dueMs() <= nowMs) stream.tick(nowMs);
        nextMs = Math.min(nextMs, stream.dueMs());
      }
    this.#sweepAtMs = Infinity;
    this.#sweepNoLaterThan(Math.max(nextMs, nowMs + SWEEP_INTERVAL_MS));
  }
}
