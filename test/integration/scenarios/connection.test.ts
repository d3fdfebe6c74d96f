/** Faults of the connection, and restarts of the server (scenarios 09 to 12, 35, 36, 42, 43, 51, 54 of test/support/scenarios.ts). */
import { expect } from "chai";
import { labs, PROTOCOLS } from "./lab-hooks.ts";
import type { WireLab } from "./wire-lab.ts";

describe("the connection", () => {
  const open = labs();

  async function live(more: Parameters<typeof open>[0] = {}): Promise<WireLab> {
    const lab = open(more);
    lab.put("a", "1");
    await lab.live();
    return lab;
  }

  it("scenario 09: serves on while connections are refused for three minutes, and is right when they are not", async function () {
    this.timeout(12_000);
    const lab = await live();
    await lab.server.kill();
    const goneAtMs = lab.nowMs;
    await lab.until("STALE", () => lab.freshness().state === "STALE");
    expect(lab.freshness().reason).to.equal("UNREACHABLE");
    expect(lab.text("a")).to.equal("1");
    await lab.until("three minutes", () => lab.nowMs > goneAtMs + 180_000);
    expect(lab.freshness().ageMs).to.be.at.least(180_000);
    lab.put("a", "2");
    await lab.server.start();
    const backAtMs = lab.nowMs;
    await lab.untilText("a", "2");
    expect(lab.nowMs - backAtMs).to.be.at.most(40_000);
    expect(lab.freshness().state).to.equal("FRESH");
  });

  it("scenario 10: detects a black hole within 45 s by PING, reports it, and gets what it missed", async () => {
    const lab = await live();
    const [held] = lab.relay.connections;
    held?.blackHole();
    const silentAtMs = lab.nowMs;
    lab.put("a", "2");
    await lab.untilText("a", "2");
    expect(lab.nowMs - silentAtMs).to.be.at.most(60_000);
    expect(lab.countOf("ping-timeout")).to.equal(1);
    expect(lab.freshness().state).to.equal("FRESH");
  });

  for (const { protocol, title } of PROTOCOLS) {
    it(`scenarios 11 and 12: replaces a watch that is silent for 90 s, over ${title}`, async function () {
      this.timeout(10_000);
      const lab = await live({ protocols: [protocol] });
      const watch = await lab.server.watch();
      watch.mute();
      const silentAtMs = lab.nowMs;
      await lab.until("the old watch's end", () => watch.closed);
      expect(lab.nowMs - silentAtMs).to.be.within(80_000, 105_000);
      expect(lab.counted).to.include("restart silent");
      lab.put("a", "2");
      await lab.untilText("a", "2");
      expect(lab.freshness().state).to.equal("FRESH");
    });

    it(`scenarios 11 and 12: has what such a watch kept back within 90 s all the same, over ${title}`, async function () {
      this.timeout(10_000);
      const lab = await live({ protocols: [protocol] });
      (await lab.server.watch()).mute();
      const silentAtMs = lab.nowMs;
      lab.put("a", "2");
      await lab.untilText("a", "2");
      expect(lab.nowMs - silentAtMs).to.be.at.most(105_000);
    });
  }

  it("scenario 35: opens the next watch on a new connection while the old one still delivers", async () => {
    const lab = await live();
    const old = await lab.server.watch();
    const next = lab.server.nextWatch();
    lab.server.goaway();
    lab.put("a", "2");
    await lab.untilText("a", "2");
    const successor = await next;
    expect(successor.record.connection).to.not.equal(old.record.connection);
    await lab.until("the old watch's end", () => old.closed);
    lab.put("a", "3");
    await lab.untilText("a", "3");
    expect(lab.server.requests.count({ verb: "list" })).to.equal(0);
    expect(lab.revision).to.equal(3);
  });

  it("scenario 36: 100 reflectors come back spread over 2 s, by their version and without a list", async function () {
    this.timeout(15_000);
    const names = Array.from({ length: 100 }, (_, at) => `shop/s-${String(at)}`);
    const lab = open({ selection: { names } });
    for (const name of names) lab.put(name.slice(5), "1");
    await lab.synced();
    await lab.until("100 watches", () => lab.server.watches().length === 100);
    lab.server.requests.clear();
    await lab.server.restart("keep");
    const backAtMs = lab.nowMs;
    await lab.until("100 watches again", () => lab.server.watches().length === 100);
    expect(lab.server.requests.count({ verb: "list" })).to.equal(0);
    const times = lab.requestTimes({ verb: "watch" });
    expect(Math.max(...times) - Math.min(...times)).to.be.at.least(500);
    expect(lab.nowMs - backAtMs).to.be.at.most(30_000);
    expect(lab.revision).to.equal(1);
    const [first] = lab.server.watches();
    expect(
      lab.server.watches().filter(({ record }) => record.connection === first?.record.connection),
    ).to.have.length.at.most(90);
  });

  it("scenario 42: does not take an event loop that was blocked for a minute for a dead connection", async () => {
    const lab = await live();
    const [connection] = lab.relay.connections;
    const untilMs = lab.nowMs + 60_000;
    while (lab.nowMs < untilMs) Math.random();
    lab.put("a", "2");
    await lab.untilText("a", "2");
    expect(lab.countOf("ping-timeout")).to.equal(0);
    expect(connection?.closed).to.equal(false);
  });

  it("scenario 43: leaves no connection and asks nothing more when it is stopped, in backoff, list and watch", async () => {
    const states: Readonly<Record<string, (lab: WireLab) => Promise<unknown>>> = {
      watch: (lab) => lab.live(),
      list: async (lab) => {
        await lab.listen();
        const asked = lab.server.requests.next();
        lab.server.scripts.next({}, { kind: "hang" });
        await lab.start();
        await asked;
      },
      backoff: async (lab) => {
        await lab.listen();
        lab.server.scripts.next({}, { kind: "answer", status: 503, body: "no" }, Infinity);
        await lab.start();
        await lab.server.requests.reached(2);
      },
    };
    for (const reach of Object.values(states)) {
      const lab = open();
      await reach(lab);
      lab.unsubscribe();
      await lab.until("no connection", () => lab.relay.connections.length === 0);
      const asked = lab.server.requests.count();
      await lab.server.stop();
      expect(lab.server.requests.count()).to.equal(asked);
    }
  });

  it("scenario 51: answers a thousand who ask for a proof into a black hole, in time and by few requests", async () => {
    const lab = await live();
    lab.server.scripts.next({ metadataOnly: true }, { kind: "hang" }, Infinity);
    const askedAtMs = lab.nowMs;
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => lab.prove()));
    expect(outcomes.filter(({ ok }) => ok)).to.have.length(0);
    expect(lab.nowMs - askedAtMs).to.be.within(9_000, 25_000);
    expect(lab.server.requests.count({ metadataOnly: true })).to.be.at.most(3);
    lab.server.scripts.clear();
    expect(await lab.prove()).to.deep.equal({ ok: true });
  });

  it("scenario 54: no gap over 2 s around SIGTERM, once a successor listens", async () => {
    const lab = await live();
    const termination = await lab.server.terminate();
    lab.put("a", "2");
    const next = lab.server.nextWatch();
    await lab.server.start();
    const listensAtMs = lab.nowMs;
    await next;
    await lab.untilText("a", "2");
    // In fast time 100 ms of a busy machine are 5 s; a test of the reflector in virtual time checks the exact 2 s.
    expect(lab.nowMs - listensAtMs).to.be.at.most(10_000);
    termination.end();
    lab.put("a", "3");
    await lab.untilText("a", "3");
    expect(lab.server.requests.count({ verb: "list" })).to.equal(0);
  });
});
