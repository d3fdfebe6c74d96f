import { expect } from "chai";
import { humanDuration, humanExpiry, toMs, toRfc3339 } from "../../../../src/cli/output/moment.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("output: duration", () => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, "0s"],
    [999, "0s"],
    [119 * SECOND, "119s"],
    [2 * MINUTE, "2m"],
    [3 * MINUTE + 20 * SECOND, "3m20s"],
    [10 * MINUTE + 59 * SECOND, "10m"],
    [179 * MINUTE, "179m"],
    [3 * HOUR, "3h"],
    [7 * HOUR + 5 * MINUTE, "7h5m"],
    [47 * HOUR, "47h"],
    [2 * DAY, "2d"],
    [7 * DAY + 3 * HOUR, "7d3h"],
    [13 * DAY + 5 * HOUR, "13d"],
    [729 * DAY, "729d"],
    [730 * DAY, "2y"],
    [800 * DAY, "2y70d"],
    [99 * 365 * DAY, "99y"],
  ];
  for (const [ms, text] of cases) {
    it(`prints ${ms} ms as kubectl does: ${text}`, () => {
      expect(humanDuration(ms)).to.equal(text);
    });
  }
});

describe("output: expiry", () => {
  it("prints a future and a past expiry", () => {
    expect(humanExpiry(3 * DAY, 0)).to.equal("in 3d");
    expect(humanExpiry(0, 5 * MINUTE)).to.equal("5m ago");
  });
});

describe("output: milliseconds", () => {
  it("converts seconds and nanoseconds, and an unset field to undefined", () => {
    expect(toMs({ seconds: "12", nanos: 345_678_901 })).to.equal(12_345);
    expect(toMs(null)).to.equal(undefined);
  });
});

describe("output: RFC 3339", () => {
  it("prints whole seconds in UTC", () => {
    expect(toRfc3339(Date.UTC(2026, 10, 24, 8, 5, 9, 120))).to.equal("2026-11-24T08:05:09Z");
  });
});
