/** The delays between attempts, one after the other. */
import { expect } from "chai";
import { backOff, RESTED } from "../../../../src/sync/engine/backoff.ts";
import type { Backoff } from "../../../../src/sync/engine/backoff.ts";

describe("backoff", () => {
  it("doubles from 0.8 s up to 4 s in the first 10 s of trouble, and up to 30 s after", () => {
    expect(delays([0, 1_000, 2_000, 3_000, 9_999])).to.deep.equal([800, 1_600, 3_200, 4_000, 4_000]);
    expect(delays([10_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000])).to.deep.equal([
      800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000,
    ]);
  });

  it("grows on from the early cap instead of jumping", () => {
    expect(delays([0, 0, 0, 0, 0, 10_000, 10_000, 10_000])).to.deep.equal([
      800, 1_600, 3_200, 4_000, 4_000, 8_000, 16_000, 30_000,
    ]);
  });

  it("spreads each delay over its upper half", () => {
    expect(backOff(RESTED, 0, 0).delayMs).to.equal(400);
    expect(backOff(RESTED, 0, 0.5).delayMs).to.equal(600);
    expect(backOff(RESTED, 0, 0.999).delayMs).to.be.within(799, 800);
  });
});

function delays(troubleForMs: readonly number[]): readonly number[] {
  let backoff: Backoff = RESTED;
  return troubleForMs.map((forMs) => {
    const next = backOff(backoff, forMs, 1);
    backoff = next.backoff;
    return next.delayMs;
  });
}
