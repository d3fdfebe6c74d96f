/**
 * All Watches of one consumer. A change of the view marks every stream at once (so no stream can claim a revision that it
 * has not told), and sends in slices with turns of the event loop between, so that a Get never waits for a thousand
 * streams. One timer serves all heartbeats and slow readers.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { ViewChange } from "../../core/view/view.ts";
import type { AnswerMemo } from "./answer-memo.ts";
import type { Filter } from "../request/filter.ts";
import type { ConsumerMetrics } from "../observe/rpc-metrics.ts";
import type { TokenSeal } from "../request/sealed-token.ts";
import { WatchGroup } from "./watch-group.ts";
import { WatchStream } from "./watch-stream.ts";
import type { WatchStreamDeps } from "./watch-stream.ts";

/** Streams served in one turn: with what their sockets cost, 10 to 15 us each, so a turn stays under a millisecond. */
export const SLICE = 50;

/** Deadlines of different streams closer than this share a wake-up. */
const SWEEP_INTERVAL_MS = 250;

/** What the hub needs. */
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

/** What a call brings to open a stream. */
export type OpenWatch = Pick<WatchStreamDeps, "start" | "heartbeatMs" | "send" | "end" | "fail"> & {
  readonly filter: Filter;
};

/** Watches with the same fingerprint, and what they share. */
interface OpenGroup {
  readonly group: WatchGroup;
  readonly streams: Set<WatchStream>;
}

/** See the file comment. */
export class WatchHub {
  readonly #deps: WatchHubDeps;
  readonly #groups = new Map<string, OpenGroup>();
  readonly #ready = new Set<WatchStream>();
  readonly #unsubscribe: readonly (() => void)[];
  #isRunning = false;
  #isSynced: boolean;
  #changedAtMs: number | undefined;
  #sweepAtMs = Infinity;
  #cancelSweep: (() => void) | undefined;

  constructor(deps: WatchHubDeps) {
    this.#deps = deps;
    this.#isSynced = deps.view.current() !== undefined;
    this.#unsubscribe = [
      deps.view.onChange((change) => this.#onChange(change)),
      deps.view.onFreshness(() => this.#onFreshness()),
    ];
  }

  /** Opens a stream; its first message goes out before this returns. */
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
      fail: watch.fail,
      nowMs: () => this.#deps.clock.nowMs(),
      onDueMs: (atMs) => this.#sweepNoLaterThan(atMs),
    });
    open.streams.add(stream);
    this.#sweepNoLaterThan(stream.dueMs());
    stream.pump();
    return stream;
  }

  /** Forgets a stream whose call is over. Safe to call twice. */
  remove(stream: WatchStream): void {
    stream.close();
    this.#ready.delete(stream);
    const id = stream.group.filter.fingerprint.toString("latin1");
    const open = this.#groups.get(id);
    if (open?.streams.delete(stream) === true && open.streams.size === 0) this.#groups.delete(id);
  }

  /** Stops listening; open streams get nothing more. */
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
    this.#run();
  }

  #onFreshness(): void {
    this.#deps.memo.forgetFreshness();
    const nowMs = this.#deps.clock.nowMs();
    for (const { streams } of this.#groups.values())
      for (const stream of streams) {
        stream.noteFreshness(nowMs);
        this.#ready.add(stream);
      }
    this.#run();
  }

  /** Serves who is ready, a slice a turn. */
  #run(): void {
    if (this.#isRunning || this.#ready.size === 0) return;
    this.#isRunning = true;
    this.#deps.defer(() => this.#serveSlice());
  }

  #serveSlice(): void {
    let left = SLICE;
    for (const stream of this.#ready) {
      this.#ready.delete(stream);
      stream.pump();
      left -= 1;
      if (left === 0) break;
    }
    if (this.#changedAtMs !== undefined)
      this.#deps.metrics.sendDuration((this.#deps.clock.nowMs() - this.#changedAtMs) / 1000);
    if (this.#ready.size > 0) {
      this.#deps.defer(() => this.#serveSlice());
      return;
    }
    this.#isRunning = false;
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
