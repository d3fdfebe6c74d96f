/**
 * One client of the Watch in a random history: applies the messages by the rules of docs/api.md, "The Watch protocol", at its own pace, and
 * resumes with its last token when the server ends the call.
 */
import type { PodkeyError } from "../../../src/core/errors/errors.ts";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import { serializeReply } from "../../../src/rpc/codec/reply.ts";
import type { Reply } from "../../../src/rpc/codec/reply.ts";
import { readFilter } from "../../../src/rpc/request/filter.ts";
import type { Credential__Output } from "../../../src/client/generated/podkey/v1/Credential.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { openResumeToken } from "../../../src/rpc/watch/resume-token.ts";
import type { TokenSeal } from "../../../src/rpc/request/sealed-token.ts";
import type { WatchHub } from "../../../src/rpc/watch/watch-hub.ts";
import type { WatchStream } from "../../../src/rpc/watch/watch-stream.ts";
import { decode } from "../../support/rpc/messages.ts";
import type { PACES } from "./history-step.ts";
import type { HistoryTime } from "./history-time.ts";

/** What a reader needs. */
export interface HistoryReaderDeps {
  readonly time: HistoryTime;
  readonly hub: WatchHub;
  readonly seal: TokenSeal;
  readonly compactedBelow: () => number;
  /** Called with each complete state and its revision. Throws if the state is wrong. */
  readonly onState: (revision: number, state: ReadonlyMap<string, string>) => void;
  /** Called with errors of the stream or of this reader. */
  readonly onFault: (thrown: unknown) => void;
  readonly tell: (line: string) => void;
}

const SLOW_MS = 700;
const COME_BACK_MS = 1_000;

/** A credential as one word, which the invariants compare. */
export function inOneWord(uid: string, value: string): string {
  return `${uid.slice(0, 4)}:${value}`;
}

/** See the file comment. */
export class HistoryReader {
  readonly #deps: HistoryReaderDeps;
  readonly #filter = readFilter(
    { namespace: "", names: [], labelSelector: "", types: [], detail: undefined },
    ALLOW_ALL,
    "full",
  );
  #pace: (typeof PACES)[number] = "eager";
  #stream: WatchStream | undefined;
  #state = new Map<string, string>();
  #next: Map<string, string> | undefined;
  #taken: (() => void) | undefined;
  #token = "";
  #revision = 0;

  constructor(deps: HistoryReaderDeps) {
    this.#deps = deps;
  }

  /** The last complete state. */
  get state(): ReadonlyMap<string, string> {
    return this.#state;
  }

  /** Opens the Watch, or opens it again with the last token. */
  connect(): void {
    const { hub, seal, compactedBelow } = this.#deps;
    if (this.#stream !== undefined) hub.remove(this.#stream);
    this.#taken = undefined;
    this.#next = undefined;
    const start = openResumeToken(seal, this.#token, this.#filter, compactedBelow());
    this.#stream = hub.open({
      filter: this.#filter,
      start,
      heartbeatMs: 30_000,
      send: (reply, taken) => {
        this.#take(reply, taken);
      },
      end: (error) => {
        this.#ended(error);
      },
      cut: (error) => {
        this.#ended(error);
      },
      fail: this.#deps.onFault,
    });
  }

  /** Changes the pace of reading. */
  setPace(pace: (typeof PACES)[number]): void {
    this.#pace = pace;
    if (pace !== "stalled") this.#goOn();
  }

  #take(reply: Reply, taken: () => void): void {
    this.#apply(
      decode("podkey.v1.WatchResponse", Buffer.from(serializeReply(reply))) as WatchResponse__Output,
    );
    this.#taken = taken;
    if (this.#pace !== "stalled")
      this.#deps.time.after(this.#pace === "slow" ? SLOW_MS : 0, () => {
        this.#goOn();
      });
  }

  #goOn(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  #ended(error: PodkeyError): void {
    this.#deps.tell(`  reader ended: ${error.reason}`);
    this.#deps.time.after(COME_BACK_MS, () => {
      this.connect();
    });
  }

  #apply(message: WatchResponse__Output): void {
    switch (message.event) {
      case "reset":
        this.#next = new Map();
        break;
      case "item":
        if (message.item) put(this.#next ?? new Map<string, string>(), message.item);
        break;
      case "change":
        this.#next ??= new Map(this.#state);
        for (const changed of message.change?.changed ?? []) put(this.#next, changed);
        for (const { name } of message.change?.removed ?? []) this.#next.delete(name);
        break;
      default:
    }
    if (message.resumeToken === "") return;
    this.#token = message.resumeToken;
    this.#state = this.#next ?? this.#state;
    this.#next = undefined;
    const revision = Number(message.revision?.number);
    if (revision < this.#revision)
      throw new Error(`a reader's revision went back from ${String(this.#revision)} to ${String(revision)}`);
    this.#revision = revision;
    this.#deps.onState(revision, this.#state);
  }
}

function put(state: Map<string, string>, { name, uid, data }: Credential__Output): void {
  state.set(name, inOneWord(uid, data["k"]?.toString() ?? ""));
}
