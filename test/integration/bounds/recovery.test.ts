/**
 * How soon everything is right again after a fault, for 1, 10 and 100 scopes in virtual time: within 7 s of the end of a
 * fault of up to 5 s, whatever kind it was, also a black hole that swallows requests for good.
 */
import { expect } from "chai";
import { measureRecovery } from "./measure-recovery.ts";
import { apart, BOUND_MS, close, LISTED, RESUMED } from "./faults.ts";
import type { Recovery } from "./measure-recovery.ts";

function worstMs(recovery: Omit<Recovery, "seed">): number {
  return Math.max(...measureRecovery({ ...recovery, seed: 20_26 }).tookMs);
}

describe(measureRecovery.name, function () {
  this.timeout(60_000);

  for (const fault of [...RESUMED, ...LISTED]) {
    it(`finds one scope right 7 s after each of 1,000 short faults "${fault}"`, () => {
      expect(worstMs({ scopes: 1, faults: 1_000, fault, shape: close })).to.be.at.most(BOUND_MS);
      expect(worstMs({ scopes: 1, faults: 250, fault, shape: apart })).to.be.at.most(BOUND_MS);
    });

    it(`finds ten scopes right 7 s after each of 100 short faults "${fault}"`, () => {
      expect(worstMs({ scopes: 10, faults: 100, fault, shape: close })).to.be.at.most(BOUND_MS);
    });
  }

  for (const fault of [...RESUMED, ...LISTED])
    it(`finds a hundred scopes right 7 s after each of 10 short faults "${fault}", within 20 requests a second`, () => {
      expect(worstMs({ scopes: 100, faults: 10, fault, shape: close })).to.be.at.most(BOUND_MS);
    });

  // The 50th of these took 7.3 s when a check could stand before the watches of the next fault.
  it("keeps to it at a hundred scopes, also where checks of one fault still wait when the next comes", () => {
    const { tookMs } = measureRecovery({ scopes: 100, faults: 60, fault: "server", shape: close, seed: 1 });
    expect(Math.max(...tookMs)).to.be.at.most(BOUND_MS);
  });

  it("finds a scope right 5 s after the attempt that is due when a longer black hole is lifted, 35 s away at most", () => {
    const shape: Recovery["shape"] = (random) => ({ calmMs: 1_100, lastsMs: 5_000 + random() * 120_000 });
    // The request in flight has 10 s before the delay of 30 s begins.
    expect(worstMs({ scopes: 1, faults: 300, fault: "swallow", shape })).to.be.at.most(10_000 + 35_000);
    expect(worstMs({ scopes: 1, faults: 300, fault: "server", shape })).to.be.at.most(35_000);
  });
});
