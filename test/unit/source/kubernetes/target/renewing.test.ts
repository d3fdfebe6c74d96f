import { expect } from "chai";
import type { Renewing } from "../../../../../src/source/kubernetes/target/renewing.ts";
import { createRenewing } from "../../../../../src/source/kubernetes/target/renewing.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";

interface Bench {
  readonly time: ManualTime;
  readonly renewing: Renewing<string>;
  /** The results of the next reads; an Error rejects. */
  content: string | Error;
  reads: number;
  kept: number;
}

function bench(): Bench {
  const time = new ManualTime();
  const one: Bench = {
    time,
    content: "a",
    reads: 0,
    kept: 0,
    renewing: createRenewing({
      clock: time,
      maxAgeMs: 60_000,
      read: () => {
        one.reads += 1;
        return one.content instanceof Error ? Promise.reject(one.content) : Promise.resolve(one.content);
      },
      same: (a, b) => a === b,
      onKept: () => {
        one.kept += 1;
      },
    }),
  };
  return one;
}

describe("renewing value", () => {
  it("reads at the first use and again once the value is old", async () => {
    const one = bench();
    expect(await one.renewing.current()).to.equal("a");
    one.content = "b";
    one.time.advance(59_999);
    expect(await one.renewing.current()).to.equal("a");
    one.time.advance(1);
    expect(await one.renewing.current()).to.equal("b");
    expect(one.reads).to.equal(2);
  });

  it("keeps the old value while reads fail, and reports it once", async () => {
    const one = bench();
    await one.renewing.current();
    one.content = new Error("missing");
    for (let minute = 0; minute < 3; minute += 1) {
      one.time.advance(60_000);
      expect(await one.renewing.current()).to.equal("a");
    }
    expect([one.reads, one.kept]).to.deep.equal([4, 1]);
  });

  it("rejects until a read has succeeded", async () => {
    const one = bench();
    one.content = new Error("missing");
    const failure = await one.renewing.current().catch((error: unknown) => error);
    expect(failure).to.equal(one.content);
  });

  it("returns from a renewal whether the value changed", async () => {
    const one = bench();
    await one.renewing.current();
    expect(await one.renewing.renew()).to.equal(false);
    one.content = "b";
    expect(await one.renewing.renew()).to.equal(true);
    one.content = new Error("missing");
    expect(await one.renewing.renew()).to.equal(false);
    expect(await one.renewing.current()).to.equal("b");
  });

  it("reads once for concurrent callers", async () => {
    const one = bench();
    await Promise.all([one.renewing.current(), one.renewing.renew(), one.renewing.current()]);
    expect(one.reads).to.equal(1);
  });
});
