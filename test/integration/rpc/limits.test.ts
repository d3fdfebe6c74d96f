/** Limits, cancellation and errors of a running server, and that nothing is left behind. */
import { expect } from "chai";
import { CONNECTION_STREAMS_LIMIT } from "../../../src/rpc/consumer/connection.ts";
import type { Timers } from "../../../src/core/time/clock.ts";
import { credential } from "../../support/core/credentials.ts";
import { REAL_TIME, RpcLab } from "../../support/rpc/rpc-lab.ts";
import { errorFacts, failure } from "../../support/rpc/status-details.ts";
import type { WatchReader } from "../../support/rpc/client.ts";

const isSynced = ({ event }: { readonly event?: string }): boolean => event === "synced";

describe("rpc: limits and errors", () => {
  let lab: RpcLab;
  beforeEach(async () => {
    lab = await RpcLab.start({ limits: { maxStreams: 300 } });
    lab.view.sync([credential("db")]);
  });
  afterEach(() => lab.close());

  it("refuses the 225th Watch of a connection and still answers a Get on it", async () => {
    const client = lab.client();
    const watches = Array.from({ length: CONNECTION_STREAMS_LIMIT }, () => client.watch({ names: ["db"] }));
    for (const watch of watches) await watch.until(isSynced);
    const error = errorFacts(await client.watch({ names: ["db"] }).ended());
    expect(error).to.deep.include({ code: "RESOURCE_EXHAUSTED", reason: "TOO_MANY_STREAMS" });
    expect(error.metadata).to.deep.equal({ limit: "224", per: "connection" });
    expect((await client.get({ name: "db" })).credential?.name).to.equal("db");
    watches[0]?.call.cancel();
    await watches[0]?.ended();
    await client.get({ name: "db" });
    await client.watch({ names: ["db"] }).until(isSynced);
    expect(lab.metrics.lines).to.include("rejected connection_streams");
  });

  it("refuses a Watch over --max-streams of the consumer, on any connection", async () => {
    const watches: WatchReader[] = [];
    for (const client of [lab.client(), lab.client()])
      for (let at = 0; at < 150; at += 1) watches.push(client.watch({ names: ["db"] }));
    for (const watch of watches) await watch.until(isSynced);
    const error = errorFacts(await lab.client().watch({}).ended());
    expect(error.metadata).to.deep.equal({ limit: "300", per: "consumer" });
    expect(lab.metrics.openStreams()).to.equal(300);
  });

  it("refuses Watches whose names together exceed 8 MiB, and takes equal ones as one", async () => {
    const client = lab.client();
    const names = (of: number): string[] =>
      Array.from({ length: 1000 }, (_, at) => `${String(of)}-${String(at)}-${"x".repeat(200)}`);
    for (let at = 0; at < 60; at += 1) await client.watch({ names: names(0) }).until(isSynced);
    const watches = Array.from({ length: 40 }, (_, at) => client.watch({ names: names(at + 1) }));
    const ends = await Promise.all(
      watches.map((watch) => Promise.race([watch.ended(), watch.until(isSynced).then(() => undefined)])),
    );
    const refused = ends.filter((end) => end !== undefined);
    expect(refused.length).to.be.within(1, 20);
    for (const end of refused) expect(errorFacts(end)).to.include({ reason: "TOO_MANY_STREAMS" });
    expect(lab.metrics.lines).to.include("rejected held_requests");
    expect(lab.metrics.openStreams()).to.equal(100 - refused.length);
    expect((await client.get({ name: "db" })).credential?.name).to.equal("db");
  }).timeout(20_000);

  it("frees every stream when clients cancel or disconnect", async () => {
    const listeners = lab.view.listenerCount;
    const polite = lab.client().watch({});
    await polite.until(isSynced);
    const rude = lab.client();
    const watch = rude.watch({});
    await watch.until(isSynced);
    expect(lab.metrics.openStreams()).to.equal(2);
    polite.call.cancel();
    rude.close();
    watch.call.cancel();
    await polite.ended();
    await watch.ended();
    // A call on its own connection, which the server reads after what the others sent.
    await lab.client().get({ name: "db" });
    while (lab.metrics.openStreams() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(lab.view.listenerCount).to.equal(listeners);
    expect(lab.metrics.lines.filter((line) => line.startsWith("handled Watch"))).to.deep.equal([
      "handled Watch Canceled",
      "handled Watch Canceled",
    ]);
  });

  it("answers INTERNAL with a neutral text when a handler throws, and keeps running", async () => {
    const { current } = lab.view;
    lab.view.current = () => {
      throw new TypeError("value-that-must-not-travel");
    };
    const client = lab.client();
    const error = await failure(client.get({ name: "db" }));
    expect(error).to.include({ code: "INTERNAL", reason: "INVARIANT" });
    expect(error.message).to.not.include("value-that-must-not-travel");
    const watch = errorFacts(await client.watch({}).ended());
    expect(watch).to.include({ code: "INTERNAL", reason: "INVARIANT" });
    lab.view.current = current;
    expect((await client.get({ name: "db" })).credential?.name).to.equal("db");
    expect(lab.logged.map(({ event }) => event)).to.include("rpc_invariant");
    expect(JSON.stringify(lab.logged)).to.not.include("value-that-must-not-travel");
  });

  it("answers INTERNAL when a proof rejects, and keeps running", async () => {
    lab.view.now = { state: "FRESH", ageMs: 30_000, contactAgeMs: 0, reason: undefined };
    lab.view.prove = () => Promise.reject(new Error("a bug"));
    const client = lab.client();
    const error = await failure(client.get({ name: "db", maxAge: { seconds: 1 } }));
    expect(error).to.include({ code: "INTERNAL", reason: "INVARIANT" });
    await client.get({ name: "db" });
  });

  it("keeps a Watch whose deadline is beyond 24.8 days open", async () => {
    const client = lab.client();
    // 30 days are negative in 32 bits; other lengths only wrap around.
    const watch = client.watch({}, { timeoutMs: 30 * 24 * 3_600_000 });
    await watch.until(isSynced);
    lab.view.change([credential("db", { data: { password: "new" } })]);
    expect((await watch.next()).event).to.equal("change");
  });

  it("answers NOT_SYNCED shortly before the client's deadline", async () => {
    const waits: number[] = [];
    // The wait ends as soon as it is set; the test checks how long it would have been.
    const after: Timers["after"] = (delayMs, task) => {
      const isWait = delayMs >= 1000 && delayMs <= 8000;
      // The first is the wait, the second the call's own deadline.
      return REAL_TIME.after(isWait && waits.push(delayMs) === 1 ? 0 : delayMs, task);
    };
    const unsynced = await RpcLab.start({ time: { ...REAL_TIME, after } });
    const client = unsynced.client();
    const error = await failure(client.get({ name: "db" }, { timeoutMs: 8000 }));
    expect(waits[0]).to.be.within(2000, 7900);
    expect(error).to.deep.include({ code: "UNAVAILABLE", reason: "NOT_SYNCED", retryAfterMs: 1000 });
    expect(error.metadata).to.deep.equal({ reason: "STARTING" });
    await unsynced.close();
  });

  it("counts a wait that its client has cancelled as Canceled", async () => {
    const unsynced = await RpcLab.start();
    const client = unsynced.client();
    const call = client.raw.Get({ name: "db" }, () => undefined);
    await new Promise((resolve) => client.raw.List({ pageSize: -1 }, resolve));
    call.cancel();
    while (!unsynced.metrics.lines.includes("handled Get Canceled"))
      await new Promise((resolve) => setImmediate(resolve));
    expect(unsynced.audited.at(-1)).to.include({ method: "Get", outcome: "cancelled" });
    await unsynced.close();
  });

  it("does not serve reflection where that is off", async () => {
    const quiet = await RpcLab.start({ withoutReflection: true });
    const { makeGenericClientConstructor, credentials } = await import("@grpc/grpc-js");
    const Client = makeGenericClientConstructor({}, "none");
    const client = new Client(`unix:${quiet.socket}`, credentials.createInsecure());
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const bytes = (value: Buffer): Buffer => value;
    const call = client.makeBidiStreamRequest(path, bytes, bytes);
    const error = await new Promise((resolve) => call.on("error", resolve));
    expect(error).to.include({ code: 12 });
    client.close();
    await quiet.close();
  });
});
