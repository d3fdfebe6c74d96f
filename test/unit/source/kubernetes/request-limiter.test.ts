import { expect } from "chai";
import { createRequestLimiter } from "../../../../src/source/kubernetes/request-limiter.ts";
import type { RequestLimiter } from "../../../../src/source/kubernetes/request-limiter.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";

interface Bench {
  readonly time: ManualTime;
  readonly limiter: RequestLimiter;
  readonly waits: readonly number[];
}

function bench(qps: number, burst: number): Bench {
  const time = new ManualTime();
  const waits: number[] = [];
  const onThrottled = (seconds: number): void => {
    waits.push(seconds);
  };
  return {
    time,
    waits,
    limiter: createRequestLimiter({ clock: time, timers: time, qps, burst, onThrottled }),
  };
}

/** Takes `count` places and returns when each was given, in ms from now; filled as time goes on. */
function takeMany({ time, limiter }: Bench, count: number): readonly number[] {
  const startMs = time.nowMs();
  const given: number[] = [];
  for (let index = 0; index < count; index += 1) limiter.take(() => given.push(time.nowMs() - startMs));
  return given;
}

describe("createRequestLimiter", () => {
  it("lets the burst through at once and the rest at the rate", () => {
    const one = bench(20, 30);
    const given = takeMany(one, 33);
    expect(given).to.have.length(30);
    one.time.advance(1000);
    expect(given.slice(30)).to.deep.equal([50, 100, 150]);
    expect(one.waits).to.deep.equal([0.05, 0.1, 0.15]);
    expect(one.time.pending).to.equal(0);
  });

  it("fills up again in a pause, to the burst at most", () => {
    const one = bench(20, 5);
    takeMany(one, 5);
    one.time.advance(60_000);
    expect(takeMany(one, 7)).to.have.length(5);
  });

  it("serves in order of arrival and skips those who gave up", () => {
    const { limiter, time } = bench(10, 1);
    const served: string[] = [];
    limiter.take(() => served.push("first"));
    const giveUp = limiter.take(() => served.push("second"));
    limiter.take(() => served.push("third"));
    giveUp();
    time.advance(100);
    expect(served).to.deep.equal(["first", "third"]);
  });

  it("keeps no timer when everybody gave up", () => {
    const { limiter, time } = bench(10, 1);
    limiter.take(() => undefined);
    limiter.take(() => undefined)();
    expect(time.pending).to.equal(0);
  });

  it("does not limit at all with a rate of 0", () => {
    expect(takeMany(bench(0, 1), 1000)).to.have.length(1000);
  });
});
