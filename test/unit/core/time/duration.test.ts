import { expect } from "chai";
import { parseDurationMs } from "../../../../src/core/time/duration.ts";

describe("parseDurationMs", () => {
  const rows: Readonly<Record<string, number | undefined>> = {
    "0": 0,
    "90s": 90_000,
    "1h30m": 5_400_000,
    "250ms": 250,
    "1.5h": 5_400_000,
    "2d": 172_800_000,
    " 5m ": 300_000,
    "": undefined,
    "5": undefined,
    "5 m": undefined,
    "-5m": undefined,
    m: undefined,
    "1e9h": undefined,
  };
  for (const [text, ms] of Object.entries(rows))
    it(`reads "${text}" as ${ms === undefined ? "no duration" : `${String(ms)} ms`}`, () => {
      expect(parseDurationMs(text)).to.equal(ms);
    });
});
