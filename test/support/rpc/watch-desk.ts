/**
 * A hub without a network: the test controls time, turns of the event loop and the readers. Messages are decoded with
 * stock descriptors.
 */
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import type { PodkeyError } from "../../../src/core/errors/errors.ts";
import { AnswerMemo } from "../../../src/rpc/watch/answer-memo.ts";
import { serializeReply } from "../../../src/rpc/codec/reply.ts";
import type { Reply } from "../../../src/rpc/codec/reply.ts";
import type { FilterRequest } from "../../../src/rpc/codec/requests.ts";
import { readFilter } from "../../../src/rpc/request/filter.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { openResumeToken } from "../../../src/rpc/watch/resume-token.ts";
import { TokenSeal } from "../../../src/rpc/request/sealed-token.ts";
import { WatchHub } from "../../../src/rpc/watch/watch-hub.ts";
import type { WatchStream } from "../../../src/rpc/watch/watch-stream.ts";
import { ManualTime } from "../core/manual-time.ts";
import { MemoryView } from "./memory-view.ts";
import { countedMetrics } from "./no-metrics.ts";
import { decode } from "./messages.ts";

/** Filters and options of a Watch. */
export interface DeskRequest extends Partial<FilterRequest> {
  readonly token?: string;
  readonly heartbeatMs?: number;
}

/** One reader at the desk. */
export class DeskReader {
  readonly got: WatchResponse__Output[] = [];
  error: PodkeyError | undefined;
  stream: WatchStream | undefined;
  #taken: (() => void)[] = [];

  readonly send = (reply: Reply, taken: () => void): void => {
    this.got.push(
      decode("podkey.v1.WatchResponse", Buffer.from(serializeReply(reply))) as WatchResponse__Output,
    );
    this.#taken.push(taken);
  };

  /** Drops the message in flight, as RST_STREAM does. */
  readonly cut = (error: PodkeyError): void => {
    this.error = error;
    this.#taken = [];
    this.got.pop();
  };

  /** Rethrows: the test fails. */
  readonly fail = (thrown: unknown): void => {
    throw thrown instanceof Error ? thrown : new Error("something was thrown");
  };

  /** Messages sent and not yet taken. */
  get inFlight(): number {
    return this.#taken.length;
  }

  /** Takes all messages, including those sent because of that; returns all messages so far. */
  read(): readonly WatchResponse__Output[] {
    for (let taken = this.#taken.shift(); taken !== undefined; taken = this.#taken.shift()) taken();
    return this.got;
  }

  /** Takes one message. */
  readOne(): void {
    this.#taken.shift()?.();
  }

  /** Names of the events since the last call. */
  events(): readonly string[] {
    return this.got.splice(0).map(({ event }) => event ?? "");
  }
}

/** See the file comment. */
export class WatchDesk {
  readonly time = new ManualTime();
  readonly view: MemoryView;
  readonly metrics = countedMetrics();
  readonly seal: TokenSeal;
  readonly hub: WatchHub;
  readonly #turns: (() => void)[] = [];

  /** @param epoch another one stands for another process. */
  constructor(epoch = "epoch-1") {
    this.view = new MemoryView({ clock: this.time, epoch });
    this.seal = new TokenSeal({ key: Buffer.from(epoch), epoch });
    this.hub = new WatchHub({
      view: this.view,
      memo: new AnswerMemo({ view: this.view, clock: this.time }),
      seal: this.seal,
      clock: this.time,
      timers: this.time,
      metrics: this.metrics.consumer("web"),
      defer: (task) => void this.#turns.push(task),
    });
  }

  /** Opens a Watch. */
  open(request: DeskRequest = {}): DeskReader {
    const { token = "", heartbeatMs = 30_000, ...rest } = request;
    const filter = readFilter(
      { namespace: "", names: [], labelSelector: "", types: [], detail: undefined, ...rest },
      ALLOW_ALL,
      "full",
    );
    const start = openResumeToken(this.seal, token, filter, this.view.current()?.compactedBelow ?? 0);
    const reader = new DeskReader();
    const end = (error: PodkeyError): void => {
      reader.error = error;
    };
    const { send, cut, fail } = reader;
    reader.stream = this.hub.open({ filter, start, heartbeatMs, send, end, cut, fail });
    return reader;
  }

  /** Runs one deferred turn; false if there is none. */
  turn(): boolean {
    const task = this.#turns.shift();
    task?.();
    return task !== undefined;
  }

  /** Runs turns until none is left. */
  settle(): void {
    while (this.turn());
  }
}
