import { expect } from "chai";
import { Heartbeat } from "../../../../../src/source/kubernetes/transport/heartbeat.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";

interface Bench {
  readonly time: ManualTime;
  readonly heartbeat: Heartbeat;
  bytesRead: number;
  readonly pings: (() => void)[];
  deaths: number;
  signs: number;
}

function bench(): Bench {
  const time = new ManualTime();
  const one = {
    time,
    bytesRead: 0,
    pings: [] as (() => void)[],
    deaths: 0,
    signs: 0,
  };
  const heartbeat = new Heartbeat({
    clock: time,
    timers: time,
    readIdleMs: 30_000,
    pingTimeoutMs: 15_000,
    bytesRead: () => one.bytesRead,
    ping: (onAck) => one.pings.push(onAck),
    onAlive: () => {
      one.signs += 1;
    },
    onDead: () => {
      one.deaths += 1;
    },
  });
  return Object.assign(one, { heartbeat });
}

/** Lets time pass and the event loop turn once, as it does between two timers. */
async function pass(one: Bench, ms: number): Promise<void> {
  one.time.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

describe("Heartbeat", () => {
  it("sends a PING after 30 s of silence and gives up 15 s later", async () => {
    const one = bench();
    await pass(one, 29_999);
    expect(one.pings).to.have.length(0);
    await pass(one, 1);
    expect(one.pings).to.have.length(1);
    await pass(one, 14_999);
    expect(one.deaths).to.equal(0);
    await pass(one, 1);
    expect(one.deaths).to.equal(1);
    expect(one.time.pending).to.equal(0);
  });

  it("goes on after an answer, and sends the next PING 30 s after it", async () => {
    const one = bench();
    await pass(one, 30_000);
    one.pings[0]?.();
    await pass(one, 15_000);
    await pass(one, 14_999);
    expect([one.pings.length, one.deaths]).to.deep.equal([1, 0]);
    await pass(one, 1);
    expect(one.pings).to.have.length(2);
  });

  it("sends none while bytes come", async () => {
    const one = bench();
    for (let second = 0; second < 120; second += 1) {
      await pass(one, 1000);
      one.heartbeat.onActivity();
    }
    expect(one.pings).to.have.length(0);
  });

  it("counts silence from the last byte, not from its own look at it", async () => {
    const one = bench();
    await pass(one, 1000);
    one.bytesRead += 17;
    one.heartbeat.onActivity();
    await pass(one, 29_000);
    await pass(one, 999);
    expect(one.pings).to.have.length(0);
    await pass(one, 1);
    expect(one.pings).to.have.length(1);
  });

  it("has one PING under way after an answer that came while a check was due", async () => {
    const one = bench();
    await pass(one, 30_000);
    one.time.advance(15_000);
    one.bytesRead += 17;
    one.pings[0]?.();
    await pass(one, 0);
    await pass(one, 30_000);
    expect([one.pings.length, one.deaths]).to.deep.equal([2, 0]);
    await pass(one, 14_999);
    expect(one.deaths).to.equal(0);
  });

  it("takes any byte for an answer, also one that nobody has looked at (scenario 42)", async () => {
    const one = bench();
    await pass(one, 30_000);
    // The loop sleeps for a minute; what the socket holds is read after the timers have run.
    one.time.advance(60_000);
    one.bytesRead += 17;
    await pass(one, 0);
    expect([one.deaths, one.signs]).to.deep.equal([0, 1]);
  });

  it("sends a PING although frames come that nobody tells of: contact must be seen by somebody", async () => {
    const one = bench();
    await pass(one, 10_000);
    one.bytesRead += 17;
    await pass(one, 20_000);
    expect(one.pings).to.have.length(1);
  });

  it("leaves no timer when it is stopped", async () => {
    const one = bench();
    one.heartbeat.stop();
    await pass(one, 100_000);
    expect([one.time.pending, one.pings.length, one.deaths]).to.deep.equal([0, 0, 0]);
  });
});
