/**
 * One open Watch: what is still to be sent to its client, and when. At most one message is in flight; the rest is dirty
 * keys or a delivery cut from one view. It has no timer and no transport: the hub calls it, and `send` and `end` are
 * passed in.
 */
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Policy } from "../../core/select/policy.ts";
import { showsAll } from "../../core/view/project.ts";
import type { Credential } from "../../core/credential/credential.ts";
import type { Reply } from "../codec/reply.ts";
import type { WatchStart } from "./resume-token.ts";
import { deliverChange, deliverReset, deliverResume } from "./watch-delivery.ts";
import type { Delivery } from "./watch-delivery.ts";
import type { WatchGroup } from "./watch-group.ts";
import { DirtyKeys } from "./dirty-keys.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import type { WatchMessage } from "./watch-messages.ts";
import { heartbeatMessage } from "./watch-messages.ts";

/** A stream whose reader takes nothing for this long while changes wait is ended. */
export const SLOW_CONSUMER_MS = 60_000;

/** Heartbeats caused by a change between FRESH and STALE are at least this far apart. */
export const FLIP_INTERVAL_MS = 1000;

export interface WatchStreamDeps {
  readonly group: WatchGroup;
  readonly start: WatchStart;
  readonly heartbeatMs: number;
  readonly nowMs: () => number;
  /** Hands a message to the transport, which calls `taken` later, when it accepts the next one. */
  readonly send: (reply: Reply, taken: () => void) => void;
  /** Ends the call; called at most once. */
  readonly end: (error: PodkeyError) => void;
  /** Ends the call without sending the rest of the message in flight; called at most once. */
  readonly cut: (error: PodkeyError) => void;
  /** Ends the call because of a bug: `pump` and `tick` run in timers and callbacks, where a throw would end the process. */
  readonly fail: (thrown: unknown) => void;
  /** The stream's next deadline is now this moment, earlier than before. */
  readonly onDueMs: (atMs: number) => void;
}

/** See the file comment. */
export class WatchStream {
  readonly group: WatchGroup;
  readonly #deps: WatchStreamDeps;
  readonly #taken = (): void => this.#onTaken();
  readonly #dirtyKeys = new DirtyKeys();
  #delivery: Delivery | undefined;
  #isBegun = false;
  /** The credentials of the message in flight. */
  #inFlight: readonly Credential[] | undefined;
  #start: WatchStart;
  #isClosed = false;
  #isHeartbeatDue: boolean;
  #heartbeatAtMs: number;
  /** Since when the reader has taken nothing while something waited. */
  #stalledAtMs: number | undefined;
  #flipAtMs: number | undefined;
  #lastFlipMs = -Infinity;
  #lastState: "FRESH" | "STALE" | undefined;

  constructor(deps: WatchStreamDeps) {
    this.#deps = deps;
    this.group = deps.group;
    this.#start = deps.start;
    // Before the first sync, a heartbeat at once shows that the stream is open and why it sends nothing else.
    this.#isHeartbeatDue = deps.group.current() === undefined;
    this.#heartbeatAtMs = deps.nowMs() + deps.heartbeatMs;
  }

  /** Adds changed keys; returns how many were waiting already. */
  addDirty(dirtyKeys: readonly DirtyKey[]): number {
    // The first delivery is not cut yet and will include the change.
    if (!this.#isBegun) return 0;
    const merged = this.#dirtyKeys.add(dirtyKeys);
    if (this.#inFlight !== undefined) this.#stall();
    return merged;
  }

  /** Sends the next message if one is due and none is in flight. Never throws. */
  pump(): void {
    if (this.#inFlight !== undefined || this.#isClosed) return;
    try {
      this.#pump();
    } catch (thrown) {
      this.close();
      this.#deps.fail(thrown);
    }
  }

  #pump(): void {
    const message = this.#next();
    if (message === undefined) return;
    this.#inFlight = message.credentials;
    if (message.hasFreshness) this.#onFreshnessSent();
    if (this.#delivery !== undefined || !this.#dirtyKeys.isEmpty) this.#stall();
    this.#deps.send(message.reply, this.#taken);
  }

  /** The moment at which `tick` has something to do. */
  dueMs(): number {
    const slowMs = this.#stalledAtMs === undefined ? Infinity : this.#stalledAtMs + SLOW_CONSUMER_MS;
    const heartbeatMs = this.#isHeartbeatDue ? Infinity : this.#heartbeatAtMs;
    return Math.min(slowMs, heartbeatMs, this.#flipAtMs ?? Infinity);
  }

  /** Sends a heartbeat or ends a slow reader, if that is due. */
  tick(nowMs: number): void {
    if (this.#stalledAtMs !== undefined && nowMs >= this.#stalledAtMs + SLOW_CONSUMER_MS) {
      this.end(slowConsumer());
      return;
    }
    if (this.#flipAtMs !== undefined && nowMs >= this.#flipAtMs) {
      this.#flipAtMs = undefined;
      this.checkFreshness(nowMs);
    }
    if (nowMs >= this.#heartbeatAtMs) this.#isHeartbeatDue = true;
    this.pump();
  }

  /** Freshness may have changed: sends a heartbeat at once, or a second after the last one of this kind. */
  checkFreshness(nowMs: number): void {
    if (this.#lastState === undefined || this.group.freshness().state === this.#lastState) return;
    if (nowMs < this.#lastFlipMs + FLIP_INTERVAL_MS) {
      this.#flipAtMs ??= this.#lastFlipMs + FLIP_INTERVAL_MS;
      this.#deps.onDueMs(this.#flipAtMs);
      return;
    }
    this.#lastFlipMs = nowMs;
    this.#isHeartbeatDue = true;
  }

  /**
   * The policy was replaced. Drops a delivery that was cut before, and starts over with a reset; ends the call if the
   * message in flight contains something that the policy does not allow.
   */
  onPolicy(policy: Policy): void {
    if (this.#inFlight?.every((credential) => showsAll(policy, credential)) === false) {
      this.close();
      this.#deps.cut(slowConsumer());
      return;
    }
    if (this.#delivery === undefined) return;
    this.#delivery = undefined;
    this.#dirtyKeys.take();
    this.#start = { kind: "reset", reason: "POLICY_CHANGED" };
    this.#isBegun = false;
  }

  /** Ends the call with an error, unless it is over. */
  end(error: PodkeyError): void {
    if (this.#isClosed) return;
    this.close();
    this.#deps.end(error);
  }

  /** The call is over: sends nothing more and frees what it holds. */
  close(): void {
    this.#isClosed = true;
    this.#delivery = undefined;
    this.#dirtyKeys.take();
    this.#inFlight = undefined;
    this.#stalledAtMs = undefined;
    this.#heartbeatAtMs = Infinity;
  }

  #onTaken(): void {
    this.#inFlight = undefined;
    this.#stalledAtMs = undefined;
    this.pump();
  }

  #next(): WatchMessage | undefined {
    if (!this.#isBegun) this.#begin();
    if (this.#isHeartbeatDue && (this.#delivery !== undefined || !this.#isBegun))
      return heartbeatMessage([this.group.freshness().bytes]);
    if (this.#delivery === undefined && !this.#dirtyKeys.isEmpty) return this.#cutChange();
    if (this.#delivery !== undefined) return this.#nextOf(this.#delivery);
    const view = this.group.current();
    if (!this.#isHeartbeatDue || view === undefined) return undefined;
    return heartbeatMessage(this.group.tail(view.number));
  }

  /** Cuts the first delivery as soon as there is a view. */
  #begin(): void {
    const view = this.group.current();
    if (view === undefined) return;
    const start = this.#start;
    this.#isBegun = true;
    this.#delivery =
      start.kind === "reset"
        ? deliverReset(this.group, view, start.reason)
        : deliverResume(this.group, view, start.after);
  }

  #cutChange(): WatchMessage | undefined {
    const view = this.group.current();
    if (view === undefined) return undefined;
    const dirtyKeys = this.#dirtyKeys.take();
    const shared = this.group.sharedChange(view, dirtyKeys);
    if (shared !== undefined) return shared;
    this.#delivery = deliverChange(this.group, view, dirtyKeys);
    return this.#nextOf(this.#delivery);
  }

  #nextOf(delivery: Delivery): WatchMessage | undefined {
    const next = delivery.next();
    if (next.done === true || next.value.isLast) this.#delivery = undefined;
    return next.done === true ? undefined : next.value;
  }

  #onFreshnessSent(): void {
    this.#isHeartbeatDue = false;
    this.#heartbeatAtMs = this.#deps.nowMs() + this.#deps.heartbeatMs;
    this.#deps.onDueMs(this.#heartbeatAtMs);
    this.#lastState = this.group.freshness().state;
    this.#flipAtMs = undefined;
  }

  #stall(): void {
    if (this.#stalledAtMs !== undefined) return;
    this.#stalledAtMs = this.#deps.nowMs();
    this.#deps.onDueMs(this.#stalledAtMs + SLOW_CONSUMER_MS);
  }
}

/** The error of a stream whose reader takes nothing. */
export function slowConsumer(): PodkeyError {
  return new PodkeyError(
    "SLOW_CONSUMER",
    `This stream was not read for ${String(SLOW_CONSUMER_MS / 1000)} s while changes waited; read it in its own task and resume with the last token.`,
    { metadata: { limit: `${String(SLOW_CONSUMER_MS / 1000)}s` } },
  );
}
