/** The gate: what it calls a regression, and when it says nothing. */
import { expect } from "chai";
import { least, most } from "../../../bench/bench.ts";
import { regressionsOf, whyNoVerdict } from "../../../bench/gate-rules.ts";
import type { RunRecord } from "../../../bench/result.ts";

const MACHINE = { commit: "c", node: "v24", cpu: "x", cores: 2, memoryGiB: 4, loadPerCore: 0.1 };

function record(measured: number, more: Partial<RunRecord> = {}): RunRecord {
  const facts = { unit: "ms", reference: "raw", podkey: measured, other: 1, measured };
  const rounds = [measured, measured * 1.1, measured * 0.9];
  return {
    ...{ bench: "b", machine: MACHINE, steal: 0, rounds: 3 },
    results: [
      { name: "time", title: "Time", must: most(2), aim: most(1), ...facts, rounds },
      { name: "shown", title: "Shown", must: most(0), aim: most(0), ...facts, rounds },
    ],
    ...more,
  };
}

describe("regressionsOf", () => {
  it("names a figure that misses its budget", () => {
    expect(regressionsOf(record(2.1), undefined)).to.deep.equal(["Time"]);
    expect(regressionsOf(record(1.9), undefined)).to.deep.equal([]);
  });

  it("names a figure that is worse than before by more than the slack", () => {
    expect(regressionsOf(record(1.3), record(1))).to.deep.equal(["Time"]);
    expect(regressionsOf(record(1.1), record(1))).to.deep.equal([]);
    expect(regressionsOf(record(0.5), record(1))).to.deep.equal([]);
  });

  it("knows that throughput is worse when it is less", () => {
    const of = (measured: number): RunRecord => {
      const one = record(measured);
      return { ...one, results: one.results.map((result) => ({ ...result, must: least(0.1) })) };
    };
    expect(regressionsOf(of(0.7), of(1))).to.deep.equal(["Time", "Shown"]);
    expect(regressionsOf(of(1.4), of(1))).to.deep.equal([]);
  });
});

describe("whyNoVerdict", () => {
  it("is silent on a quiet machine", () => expect(whyNoVerdict(record(1))).to.equal(undefined));
  it("says that the host took the CPU", () =>
    expect(whyNoVerdict(record(1, { steal: 0.2 }))).to.match(/20 % of the CPU/));
  it("says that the machine was busy", () =>
    expect(whyNoVerdict(record(1, { machine: { ...MACHINE, loadPerCore: 2 } }))).to.match(/busy/));
  it("says that the rounds are too far apart", () => {
    const one = record(1);
    const wild = one.results.map((result) => ({ ...result, rounds: [0.5, 1, 4] }));
    expect(whyNoVerdict({ ...one, results: wild })).to.match(/too far apart/);
  });
});
