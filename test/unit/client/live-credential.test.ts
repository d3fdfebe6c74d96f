import { inspect } from "node:util";
import { expect } from "chai";
import type { Credential, WatchState, WatchUpdate } from "../../../src/client/index.ts";
import { RpcFailure } from "../../../src/client/index.ts";
import { LiveCredential } from "../../../src/client/live-credential.ts";
import { UNSYNCED } from "../../../src/client/watch-fold.ts";
import { wireCredential, wireFreshness } from "../../support/client/wire.ts";

/** Updates of a watch, fed by the test one after the other. */
class Feed {
  readonly #queue: (WatchUpdate | RpcFailure)[] = [];
  #wake: () => void = () => undefined;
  #state: WatchState = UNSYNCED;
  readonly reported: unknown[] = [];
  isReleased = false;

  open<Key extends string = string>(keys: readonly Key[] = []): LiveCredential<Key> {
    return new LiveCredential<Key>("db", {
      follow: (signal) => this.#updates(signal),
      keys,
      release: () => (this.isReleased = true),
      report: (error) => this.reported.push(error),
    });
  }

  /** Replaces the credentials; resolves after the update was handled. */
  async hold(...credentials: readonly Credential[]): Promise<void> {
    const gone = [...this.#state.credentials.values()];
    const entries = credentials.map((credential) => [`${credential.namespace}/db`, credential] as const);
    this.#state = { ...this.#state, credentials: new Map(entries), freshness: wireFreshness() };
    const change = { changed: credentials, removed: credentials.length === 0 ? gone : [] };
    await this.bring({ kind: "change", state: this.#state, change });
  }

  async stale(reason: string): Promise<void> {
    this.#state = { ...this.#state, freshness: wireFreshness({ state: "STATE_STALE", reason }) };
    await this.bring({ kind: "heartbeat", state: this.#state });
  }

  async bring(update: WatchUpdate | RpcFailure): Promise<void> {
    this.#queue.push(update);
    this.#wake();
    while (this.#queue.length > 0) await Promise.resolve();
    // The generators between need several microtasks to pass it on.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }

  async *#updates(signal: AbortSignal): AsyncGenerator<WatchUpdate, void, undefined> {
    signal.addEventListener("abort", () => this.#wake());
    while (!signal.aborted) {
      const next = this.#queue.shift();
      if (next instanceof RpcFailure) throw next;
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function db(password: string, fields: Partial<Credential> = {}): Credential {
  return wireCredential("db", { data: { password: Buffer.from(password) }, ...fields });
}

const denied = new RpcFailure("a sentence", {
  code: "PERMISSION_DENIED",
  reason: "POLICY_DENIED",
});

describe("client: live credential", () => {
  it("holds the newest value, and nothing before it arrived or after it was removed", async () => {
    const feed = new Feed();
    const live = feed.open();
    expect(live.current()).to.equal(undefined);
    await feed.hold(db("one"));
    expect(live.current()?.text("password")).to.equal("one");
    await feed.hold(db("two"));
    expect(live.current()?.text("password")).to.equal("two");
    await feed.hold();
    expect(live.current()).to.equal(undefined);
  });

  it("calls each listener with the value after and before a change, until it is removed", async () => {
    const feed = new Feed();
    const live = feed.open();
    const calls: (readonly (string | undefined)[])[] = [];
    const stop = live.onChange((now, before) =>
      calls.push([now?.text("password"), before?.text("password")]),
    );
    await feed.hold(db("one"));
    await feed.hold(db("two"));
    await feed.hold();
    stop();
    await feed.hold(db("three"));
    expect(calls).to.deep.equal([
      ["one", undefined],
      ["two", "one"],
      [undefined, "two"],
    ]);
  });

  it("is ready when the credential has every declared key, not before", async () => {
    const feed = new Feed();
    const live = feed.open(["password", "username"]);
    let isReady = false;
    const ready = live.ready().then((held) => {
      isReady = true;
      return held;
    });
    await feed.hold(db("one"));
    expect([isReady, live.current()]).to.deep.equal([false, undefined]);
    await feed.hold(db("one", { data: { password: Buffer.from("one"), username: Buffer.from("shop") } }));
    expect((await ready).text("username")).to.equal("shop");
    expect(await live.ready()).to.equal(live.current());
  });

  it("ends ready() by the signal, by close, and if podkey refuses the credential", async () => {
    const reasonOf = async (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => "none",
        (error: unknown) => error,
      );
    const feed = new Feed();
    const live = feed.open();
    const abort = new AbortController();
    const aborted = reasonOf(live.ready({ signal: abort.signal }));
    const closed = reasonOf(live.ready());
    abort.abort("too late");
    expect(await aborted).to.equal("too late");
    live.close();
    expect(await closed).to.have.property(
      "message",
      "The live credential db was closed before a credential arrived.",
    );

    const refusing = new Feed();
    const refused = refusing.open();
    const failed = reasonOf(refused.ready());
    await refusing.bring(denied);
    expect(await failed).to.equal(denied);
    expect([refused.freshness().reason, refusing.isReleased]).to.deep.equal(["POLICY_DENIED", true]);
  });

  it("keeps its value while podkey is away, and reports it as stale", async () => {
    const feed = new Feed();
    const live = feed.open();
    expect(live.freshness()).to.deep.equal({ state: "STALE", reason: "CONNECTING", asOf: undefined });
    await feed.hold(db("one"));
    expect(live.freshness().state).to.equal("FRESH");
    expect(live.freshness().asOf).to.deep.equal(new Date("2026-01-02T00:00:00Z"));
    await feed.stale("UNREACHABLE");
    expect(live.freshness()).to.include({ state: "STALE", reason: "UNREACHABLE" });
    await feed.bring({ kind: "interrupted", failure: denied, retryInMs: 1 });
    expect(live.freshness()).to.include({ state: "STALE", reason: "DISCONNECTED" });
    expect(live.current()?.text("password")).to.equal("one");
  });

  it("continues the watch and the other listeners after a listener throws", async () => {
    const feed = new Feed();
    const live = feed.open();
    const values: string[] = [];
    live.onChange(() => {
      throw new Error("the app's own");
    });
    live.onChange((now) => values.push(now?.text("password") ?? ""));
    await feed.hold(db("one"));
    await feed.hold(db("two"));
    expect(values).to.deep.equal(["one", "two"]);
    expect(feed.reported.map(String)).to.deep.equal(["Error: the app's own", "Error: the app's own"]);
  });

  it("fails if the name is in several namespaces", async () => {
    const feed = new Feed();
    const live = feed.open();
    await feed.hold(db("one"), db("two", { namespace: "other" }));
    expect(live.current()).to.equal(undefined);
    expect(live.freshness().reason).to.equal("NAMESPACE_REQUIRED");
    await live.ready().then(
      () => expect.fail("it chose one"),
      (error: unknown) =>
        expect(error).to.have.property(
          "message",
          "db is in several namespaces (shop, other); choose one with `namespace`.",
        ),
    );
  });

  it("yields its changes in a loop that skips outdated values and ends when it is closed", async () => {
    const feed = new Feed();
    const live = feed.open();
    const changes = live.changes();
    await feed.hold(db("one"));
    expect((await changes.next()).value?.text("password")).to.equal("one");
    await feed.hold(db("two"));
    await feed.hold(db("three"));
    expect((await changes.next()).value?.text("password")).to.equal("three");
    const gone = changes.next();
    await feed.hold();
    expect(await gone).to.deep.equal({ done: false, value: undefined });
    live.close();
    expect((await changes.next()).done).to.equal(true);
  });
});

describe("client: held credential", () => {
  it("never prints a value, and returns it by key", async () => {
    const feed = new Feed();
    const live = feed.open();
    const expireTime = { seconds: "1767312000", nanos: 500_000_000 };
    await feed.hold(db("canary-value", { expireTime, revision: "18446744073709551615" }));
    const held = live.current();
    const printed = [
      inspect(held, { depth: 9, showHidden: true, getters: true }),
      JSON.stringify(held, bigints),
      JSON.stringify(Object.entries(held ?? {}), bigints),
    ];
    expect(printed.join()).not.to.match(/canary|Y2FuYXJ5|99, ?97, ?110/);
    expect(held?.bytes("password")).to.deep.equal(Buffer.from("canary-value"));
    expect([held?.text("nope"), held?.bytes("constructor")]).to.deep.equal([undefined, undefined]);
    expect(held?.revision).to.equal(18_446_744_073_709_551_615n);
    expect(held?.expireTime).to.deep.equal(new Date("2026-01-02T00:00:00.500Z"));
    expect(held?.keys).to.deep.equal(["password"]);
  });
});

function bigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
