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

/** Advances the clock and runs the event loop once, as between two timers. */
async function pass(one: Bench, ms: number): Promise<void> {
  one.time.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

describe("heartbeat", () => {
  it("sends a PING after 30 s of silence and reports the connection dead 15 s later", async () => {
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

  it("continues after an answer, and sends the next PING 30 s after it", async () => {
    const one = bench();
    await pass(one, 30_000);
    one.pings[0]?.();
    await pass(one, 15_000);
    await pass(one, 14_999);
    expect([one.pings.length, one.deaths]).to.deep.equal([1, 0]);
    await pass(one, 1);
    expect(one.pings).to.have.length(2);
  });

  it("sends no PING while bytes arrive", async () => {
    const one = bench();
    for (let second = 0; second < 120; second += 1) {
      await pass(one, 1000);
      one.heartbeat.onActivity();
    }
    expect(one.pings).to.have.length(0);
  });

  it("counts silence from the last byte, not from its own check", async () => {
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

  it("sends only one PING if an answer arrives while a check is due", async () => {
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

  it("accepts any byte as an answer, also one that is still unread after a stall of the event loop (scenario 42)", async () => {
    const one = bench();
    await pass(one, 30_000);
    // The event loop stalls for a minute; the socket is read after the timers have run.
    one.time.advance(60_000);
    one.bytesRead += 17;
    await pass(one, 0);
    expect([one.deaths, one.signs]).to.deep.equal([0, 1]);
  });

  it("sends a PING although frames arrive that are not reported as activity", async () => {
    const one = bench();
    await pass(one, 10_000);
    one.bytesRead += 17;
    await pass(one, 20_000);
    expect(one.pings).to.have.length(1);
  });

  it("leaves no timer behind after a stop", async () => {
    const one = bench();
    one.heartbeat.stop();
    await pass(one, 100_000);
    expect([one.time.pending, one.pings.length, one.deaths]).to.deep.equal([0, 0, 0]);
  });
});
