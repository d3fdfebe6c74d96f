import { expect } from "chai";
import type { ScopeClocks } from "../../../../src/core/time/freshness.ts";
import { freshnessOf, NEVER_SYNCED, staleAtMs, worstFreshness } from "../../../../src/core/time/freshness.ts";

const healthy: ScopeClocks = {
  synced: true,
  proofAtMs: 100_000,
  contactAtMs: 100_000,
  detectsSilence: true,
  trouble: undefined,
  limited: false,
};

describe("freshnessOf", () => {
  it("is STALE before the first sync, with STARTING or the first failure as reason", () => {
    expect(freshnessOf(NEVER_SYNCED, 5)).to.include({ state: "STALE", reason: "STARTING", ageMs: undefined });
    expect(freshnessOf({ ...NEVER_SYNCED, trouble: "FORBIDDEN" }, 5).reason).to.equal("FORBIDDEN");
  });

  it("stays FRESH up to 45 s without contact and is STALE after", () => {
    const proven = { ...healthy, proofAtMs: 145_000 };
    expect(freshnessOf(proven, 145_000).state).to.equal("FRESH");
    expect(freshnessOf(proven, 145_001)).to.include({ state: "STALE", reason: "DEAD_CONNECTION" });
  });

  it("stays FRESH up to 90 s without a data proof and is STALE after, whatever the contact", () => {
    const touched = { ...healthy, contactAtMs: 190_000 };
    expect(freshnessOf(touched, 190_000).state).to.equal("FRESH");
    expect(freshnessOf(touched, 190_001)).to.include({ state: "STALE", reason: "SILENT", ageMs: 90_001 });
  });

  it("ignores the contact if the transport does not detect silence", () => {
    expect(freshnessOf({ ...healthy, detectsSilence: false }, 170_000).state).to.equal("FRESH");
  });

  it("keeps trouble from making anything stale by itself, but names it as the reason", () => {
    expect(freshnessOf({ ...healthy, trouble: "UNREACHABLE" }, 110_000).state).to.equal("FRESH");
    expect(freshnessOf({ ...healthy, trouble: "UNREACHABLE" }, 150_000).reason).to.equal("UNREACHABLE");
  });

  it("is STALE LIMIT at once when the limits hold the snapshot back", () => {
    expect(freshnessOf({ ...healthy, limited: true }, 100_000).reason).to.equal("LIMIT");
  });

  it("never has a negative age", () => {
    expect(freshnessOf(healthy, 99_000).ageMs).to.equal(0);
  });
});

describe("staleAtMs", () => {
  it("is the last moment at which the scope is still FRESH", () => {
    const atMs = staleAtMs(healthy) ?? 0;
    expect(atMs).to.equal(145_000);
    expect(freshnessOf(healthy, atMs).state).to.equal("FRESH");
    expect(freshnessOf(healthy, atMs + 1).state).to.equal("STALE");
  });
});

describe("worstFreshness", () => {
  it("takes STALE before FRESH, then the older proof", () => {
    const fresh = freshnessOf(healthy, 110_000);
    const older = freshnessOf({ ...healthy, proofAtMs: 90_000 }, 110_000);
    const stale = freshnessOf(NEVER_SYNCED, 110_000);
    expect(worstFreshness([fresh, older])).to.equal(older);
    expect(worstFreshness([older, stale, fresh])).to.equal(stale);
  });
});
