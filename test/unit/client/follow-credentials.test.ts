import { expect } from "chai";
import type { CredentialClient, WatchUpdate } from "../../../src/client/index.ts";
import { followCredentials, RpcFailure } from "../../../src/client/index.ts";
import { changeMessage, firstMessages, wireCredential, wireMessage } from "../../support/client/wire.ts";

type Message = ReturnType<typeof wireMessage>;

/** One stream: messages, then an end, an error, or silence until it is aborted. */
interface Script {
  readonly messages?: readonly Message[];
  readonly failure?: RpcFailure;
  readonly isSilent?: boolean;
}

function failure(code: RpcFailure["code"], reason?: string, retryAfterMs?: number): RpcFailure {
  return new RpcFailure("a sentence", { code, reason, retryAfterMs });
}

/** A client whose streams follow the scripts; timers fire immediately, except the one for silence. */
class Lab {
  readonly tokens: (string | undefined)[] = [];
  readonly delaysMs: number[] = [];
  readonly #abort = new AbortController();
  readonly #scripts: Script[];
  #guard: () => void = () => undefined;

  constructor(...scripts: readonly Script[]) {
    this.#scripts = [...scripts];
  }

  /** All updates until the last script has ended. */
  async follow(failFast = false): Promise<readonly WatchUpdate[]> {
    const client: Pick<CredentialClient, "watch"> = {
      watch: ({ resumeToken }, limits) => {
        this.tokens.push(resumeToken);
        return this.#stream(limits?.signal ?? this.#abort.signal);
      },
    };
    const updates: WatchUpdate[] = [];
    const options = { signal: this.#abort.signal, failFast, random: () => 1, after: this.#after };
    for await (const update of followCredentials(client, {}, options)) updates.push(update);
    return updates;
  }

  readonly #after = (delayMs: number, task: () => void): (() => void) => {
    if (delayMs >= 60_000) {
      this.#guard = task;
      return () => undefined;
    }
    this.delaysMs.push(delayMs);
    queueMicrotask(task);
    return () => undefined;
  };

  async *#stream(signal: AbortSignal): AsyncGenerator<Message, void, undefined> {
    const script = this.#scripts.shift();
    if (script === undefined) {
      this.#abort.abort();
      return;
    }
    yield* script.messages ?? [];
    if (script.isSilent === true) {
      await Promise.resolve();
      this.#guard();
      expect(signal.aborted).to.equal(true);
      throw failure("CANCELLED");
    }
    if (script.failure !== undefined) throw script.failure;
  }
}

const a = wireCredential("a");
const kinds = (updates: readonly WatchUpdate[]): readonly string[] => updates.map(({ kind }) => kind);

describe("client: endless watch", () => {
  it("resumes by token after the stream ended, and reports a change once", async () => {
    const lab = new Lab(
      {
        messages: [...firstMessages([a]), changeMessage([wireCredential("b")])],
        failure: failure("UNAVAILABLE"),
      },
      { messages: [wireMessage({ event: "synced", synced: {} })] },
    );
    const updates = await lab.follow();
    expect(kinds(updates)).to.deep.equal(["synced", "change", "interrupted", "synced", "interrupted"]);
    expect(lab.tokens).to.deep.equal(["", "token-2", "token-2"]);
    expect(updates[3]).to.have.nested.property("state.credentials.size", 2);
    expect(updates[3]).to.deep.include({ change: { changed: [], removed: [] } });
  });

  it("doubles the backoff, and resets it after a sync", async () => {
    const down = { failure: failure("UNAVAILABLE") };
    const lab = new Lab(down, down, down, { messages: firstMessages([a]) }, down);
    await lab.follow();
    expect(lab.delaysMs).to.deep.equal([200, 400, 800, 200, 400]);
  });

  it("waits at most ten seconds, unless the server asks for more", async () => {
    const down = { failure: failure("UNAVAILABLE") };
    const lab = new Lab(...Array.from({ length: 9 }, () => down), {
      failure: failure("RESOURCE_EXHAUSTED", "SLOW_CONSUMER", 30_000),
    });
    await lab.follow();
    expect(lab.delaysMs.slice(-2)).to.deep.equal([10_000, 30_000]);
  });

  for (const code of [
    "INVALID_ARGUMENT",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "UNIMPLEMENTED",
    "OUT_OF_RANGE",
  ] as const) {
    it(`fails with ${code}, because no retry helps`, async () => {
      const outcome = await new Lab({ failure: failure(code) }).follow().catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(RpcFailure).with.property("code", code);
    });
  }

  it("starts over without its token if podkey rejects it", async () => {
    const lab = new Lab(
      { messages: firstMessages([a]) },
      { failure: failure("INVALID_ARGUMENT", "BAD_RESUME_TOKEN") },
      {},
    );
    await lab.follow();
    expect(lab.tokens.slice(0, 3)).to.deep.equal(["", "token-1", ""]);
  });

  it("with failFast throws an error before the first message, and retries after it", async () => {
    const outcome = await new Lab({ failure: failure("UNAVAILABLE") })
      .follow(true)
      .catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(RpcFailure);
    const lab = new Lab({ messages: firstMessages([a]), failure: failure("UNAVAILABLE") }, {});
    expect(kinds(await lab.follow(true))).to.include("interrupted");
  });

  it("treats a stream without heartbeats as dead", async () => {
    const updates = await new Lab({ messages: firstMessages([a]), isSilent: true }).follow();
    expect(updates[1]).to.have.nested.property(
      "failure.message",
      "podkey sent nothing for 70 s, not even a heartbeat",
    );
  });

  it("drops an incomplete reset or change when the stream changes", async () => {
    const synced = wireMessage({ event: "synced", synced: {} });
    const [reset] = firstMessages([]);
    const lab = new Lab(
      { messages: [...firstMessages([a]), changeMessage([], ["a"], true)], failure: failure("UNAVAILABLE") },
      { messages: [synced, changeMessage([wireCredential("b")])] },
      { messages: [synced, ...(reset === undefined ? [] : [reset])], failure: failure("UNAVAILABLE") },
      { messages: [synced] },
    );
    const updates = await lab.follow();
    const sizes = updates.map((update) =>
      update.kind === "interrupted" ? "-" : update.state.credentials.size,
    );
    expect(sizes).to.deep.equal([1, "-", 1, 2, "-", 2, "-", 2, "-"]);
  });
});
