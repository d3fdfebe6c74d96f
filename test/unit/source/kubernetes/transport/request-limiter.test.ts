import { expect } from "chai";
import { createRequestLimiter } from "../../../../../src/source/kubernetes/transport/request-limiter.ts";
import type {
  RequestLimiter,
  RequestPurpose,
} from "../../../../../src/source/kubernetes/transport/request-limiter.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";

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

/** Requests `count` tokens; the result is filled with the time of each grant, in ms from now. */
function takeMany({ time, limiter }: Bench, count: number): readonly number[] {
  const startMs = time.nowMs();
  const given: number[] = [];
  for (let index = 0; index < count; index += 1)
    limiter.take("list", () => given.push(time.nowMs() - startMs));
  return given;
}

describe("request limiter", () => {
  it("sends the burst at once and the rest at the rate", () => {
    const one = bench(20, 30);
    const given = takeMany(one, 33);
    expect(given).to.have.length(30);
    one.time.advance(1000);
    expect(given.slice(30)).to.deep.equal([50, 100, 150]);
    expect(one.waits).to.deep.equal([0.05, 0.1, 0.15]);
    expect(one.time.pending).to.equal(0);
  });

  it("refills in a pause, at most to the burst", () => {
    const one = bench(20, 5);
    takeMany(one, 5);
    one.time.advance(60_000);
    expect(takeMany(one, 7)).to.have.length(5);
  });

  it("serves in order of arrival and skips cancelled requests", () => {
    const { limiter, time } = bench(10, 1);
    const served: string[] = [];
    limiter.take("list", () => served.push("first"));
    const giveUp = limiter.take("list", () => served.push("second"));
    limiter.take("list", () => served.push("third"));
    giveUp();
    time.advance(100);
    expect(served).to.deep.equal(["first", "third"]);
  });

  it("sends a list before watches and checks that arrived a little sooner, and delays no request indefinitely", () => {
    const { limiter, time } = bench(10, 1);
    const served: string[] = [];
    const take = (purpose: RequestPurpose): void => void limiter.take(purpose, () => served.push(purpose));
    take("list");
    take("check");
    take("watch");
    take("list");
    time.advance(300);
    expect(served).to.deep.equal(["list", "list", "watch", "check"]);
    // A hundred lists too many, then ten more each second: the watch is sent before the lists that arrive 5 s after it.
    served.length = 0;
    for (let index = 0; index < 100; index += 1) take("list");
    take("watch");
    for (let second = 0; second < 16; second += 1) {
      time.advance(1_000);
      for (let index = 0; index < 10; index += 1) take("list");
    }
    expect(served).to.include("watch");
  });

  it("keeps no timer if all requests were cancelled", () => {
    const { limiter, time } = bench(10, 1);
    limiter.take("list", () => undefined);
    limiter.take("list", () => undefined)();
    expect(time.pending).to.equal(0);
  });

  it("does not limit with a rate of 0", () => {
    expect(takeMany(bench(0, 1), 1000)).to.have.length(1000);
  });
});
