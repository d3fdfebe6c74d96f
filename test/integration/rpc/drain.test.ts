/** The drain: all calls and connections end, also those of clients that do not react. */
import { connect } from "node:net";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect } from "chai";
import { credential } from "../../support/core/credentials.ts";
import { ManualTime } from "../../support/core/manual-time.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { errorFacts, failure } from "../../support/rpc/status-details.ts";

const isSynced = ({ event }: { readonly event?: string }): boolean => event === "synced";

describe("drain", () => {
  it("ends 1,000 Watches with SHUTTING_DOWN, removes the socket and leaves no connection", async () => {
    const lab = await RpcLab.start();
    lab.view.sync([credential("db")]);
    const clients = Array.from({ length: 10 }, () => lab.client());
    const watches = clients.flatMap((client) =>
      Array.from({ length: 100 }, () => client.watch({ names: ["db"] })),
    );
    for (const watch of watches) await watch.until(isSynced);
    const startedMs = performance.now();
    await lab.server.stop(1000);
    const tookMs = performance.now() - startedMs;
    for (const watch of watches) {
      const error = errorFacts(await watch.ended());
      expect(error).to.deep.include({ code: "UNAVAILABLE", reason: "SHUTTING_DOWN", retryAfterMs: 1000 });
    }
    expect(tookMs).to.be.below(1500);
    expect(existsSync(lab.socket)).to.equal(false);
    expect([lab.metrics.openStreams(), lab.metrics.openConnections()]).to.deep.equal([0, 0]);
    expect(lab.view.listenerCount).to.equal(0);
    await lab.close();
  });

  it("lets a waiting Get wait during the drain, then answers it with SHUTTING_DOWN", async () => {
    const time = new ManualTime();
    const lab = await RpcLab.start({ time });
    const client = lab.client();
    const call = failure(client.get({ name: "db" }));
    while (!lab.metrics.lines.includes("started Get")) await new Promise((resolve) => setImmediate(resolve));
    const stopped = lab.server.stop(1000);
    time.advance(999);
    expect(lab.metrics.lines).to.not.include("handled Get Unavailable");
    time.advance(1);
    expect(await call).to.include({ code: "UNAVAILABLE", reason: "SHUTTING_DOWN" });
    await stopped;
    expect(lab.logged).to.deep.equal([]);
    await lab.close();
  });

  it("answers a waiting Get if the first sync completes during the drain", async () => {
    const time = new ManualTime();
    const lab = await RpcLab.start({ time });
    const call = lab.client().get({ name: "db" });
    while (!lab.metrics.lines.includes("started Get")) await new Promise((resolve) => setImmediate(resolve));
    const stopped = lab.server.stop(1000);
    lab.view.sync([credential("db")]);
    expect((await call).credential?.name).to.equal("db");
    await stopped;
    await lab.close();
  });

  it("sends NOT_SERVING to Health.Watch before it ends", async () => {
    const lab = await RpcLab.start();
    lab.view.sync([]);
    const call = lab.client().health.Watch({ service: "" });
    const statuses: string[] = [];
    call.on("data", ({ status }: { readonly status: string }) => void statuses.push(status));
    const ended = new Promise((resolve) => call.on("error", resolve));
    await once(call, "data");
    await lab.server.stop(1000);
    expect(errorFacts(await ended)).to.include({ reason: "SHUTTING_DOWN" });
    expect(statuses).to.deep.equal(["SERVING", "NOT_SERVING"]);
    await lab.close();
  });

  it("cuts a connection that stays open without a call", async () => {
    const time = new ManualTime();
    const lab = await RpcLab.start({ time });
    const silent = connect(lab.socket);
    silent.on("error", () => undefined);
    await once(silent, "connect");
    silent.write("PRI * HTTP/2.0\r\n");
    while (lab.metrics.openConnections() === 0) await new Promise((resolve) => setImmediate(resolve));
    const closed = new Promise((resolve) => silent.on("close", resolve));
    silent.resume();
    const stopped = lab.server.stop(100);
    time.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
    time.advance(10_000);
    await stopped;
    await closed;
    await lab.close();
  });

  it("returns the same promise to every caller", async () => {
    const lab = await RpcLab.start();
    expect(lab.server.stop(0)).to.equal(lab.server.stop(5000));
    await lab.close();
  });
});
