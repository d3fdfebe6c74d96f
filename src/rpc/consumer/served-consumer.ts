/** One consumer with everything that its calls share. Made once for a consumer; a connection leads to it. */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import { AnswerMemo } from "../watch/answer-memo.ts";
import type { HeldRequest, HeldRequestsAccount, Holding } from "./held-requests.ts";
import { ListSnapshots } from "./list-snapshots.ts";
import { Probation } from "./probation.ts";
import type { ConsumerMetrics } from "../observe/rpc-metrics.ts";
import { TokenSeal } from "../request/sealed-token.ts";
import { Waiters } from "./wait.ts";
import { ReadyQueue } from "../watch/ready-queue.ts";
import { WatchHub } from "../watch/watch-hub.ts";

export interface ServedConsumerDeps {
  readonly view: ConsumerView;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: ConsumerMetrics;
  /** `setImmediate`: runs a task in a later turn of the event loop, after I/O. */
  readonly defer: (task: () => void) => void;
  /** This consumer's part of what open streams hold of their requests. */
  readonly heldRequests: HeldRequestsAccount;
  /** HMAC key of this process's tokens. */
  readonly tokenKey: Buffer;
  /** `--max-stale` in milliseconds; 0: off. */
  readonly maxStaleMs: number;
  /** `--max-streams`. */
  readonly maxStreams: number;
}

/** See the file comment. */
export class ServedConsumer {
  readonly view: ConsumerView;
  readonly metrics: ConsumerMetrics;
  readonly seal: TokenSeal;
  readonly memo: AnswerMemo;
  readonly listSnapshots: ListSnapshots;
  readonly waiters: Waiters;
  readonly #heldRequests: HeldRequestsAccount;
  readonly hub: WatchHub;
  /** Open StreamSecrets that have something to send. */
  readonly readySecrets: ReadyQueue;
  /** `setImmediate`: runs a task in a later turn of the event loop, after I/O. */
  readonly defer: (task: () => void) => void;
  readonly probation: Probation;
  readonly #maxStreams: number;
  readonly #stopMemo: () => void;
  #streams = 0;

  constructor(deps: ServedConsumerDeps) {
    this.view = deps.view;
    this.metrics = deps.metrics;
    this.seal = new TokenSeal({ key: deps.tokenKey, epoch: deps.view.epoch });
    this.memo = new AnswerMemo(deps);
    // Before the hub subscribes, so that the memo is cleared before the hub reads it.
    this.#stopMemo = deps.view.onFreshness(() => this.memo.forgetFreshness());
    this.listSnapshots = new ListSnapshots(deps);
    this.probation = new Probation(deps);
    this.waiters = new Waiters(deps);
    this.#heldRequests = deps.heldRequests;
    this.hub = new WatchHub({ ...deps, memo: this.memo, seal: this.seal });
    this.readySecrets = new ReadyQueue(deps);
    this.defer = deps.defer;
    this.#maxStreams = deps.maxStreams;
  }

  /**
   * Counts a new stream; `leaveStream` counts it out.
   * @throws PodkeyError TOO_MANY_STREAMS.
   */
  enterStream(): void {
    if (this.#streams >= this.#maxStreams) {
      this.metrics.rejected("consumer_streams");
      throw new PodkeyError(
        "TOO_MANY_STREAMS",
        `This consumer has ${String(this.#maxStreams)} streams open; share one Watch per process, or raise --max-streams.`,
        { metadata: { limit: String(this.#maxStreams), per: "consumer" } },
      );
    }
    this.#streams += 1;
    this.metrics.streams(1);
  }

  /**
   * Holds a part of a request for a stream, or shares an equal one.
   * @throws PodkeyError TOO_MANY_STREAMS.
   */
  holdRequest<T>(holding: Holding<T>): HeldRequest<T> {
    try {
      return this.#heldRequests.hold(holding);
    } catch (thrown) {
      this.metrics.rejected("held_requests");
      throw thrown;
    }
  }

  leaveStream(): void {
    this.#streams -= 1;
    this.metrics.streams(-1);
  }

  /** Frees timers, listeners and kept views. All streams and waiting calls must have ended. */
  close(): void {
    this.#stopMemo();
    this.#heldRequests.close();
    this.hub.close();
    this.probation.close();
    this.listSnapshots.clear();
  }
}
