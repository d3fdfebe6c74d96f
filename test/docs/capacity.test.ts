/** The figures of docs/operations.md that people size containers by are the measured ones of bench/results. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { RunRecord } from "../../bench/result.ts";
import { ROOT } from "../support/docs/checkout.ts";

const PAGE = readFileSync(join(ROOT, "docs/operations.md"), "utf8");

/** Rounding, and the difference between two runs on a quiet machine. */
const TOLERANCE = 0.12;

describe("docs/operations.md: capacity", () => {
  for (const [row, bench, name] of [
    ["podkey idle", "idle-memory", "idle-kubernetes"],
    ["1,000 credentials of 1 KB", "unit-memory", "per-1000-secrets"],
    ["An idle Watch", "unit-memory", "per-watch"],
    ["An idle connection", "unit-memory", "per-connection"],
    ["Under load", "unit-memory", "saturated"],
  ] as const)
    it(`states for "${row}" what bench/results/${bench}.json has`, () => {
      const path = join(ROOT, "bench/results", `${bench}.json`);
      const { results } = JSON.parse(readFileSync(path, "utf8")) as RunRecord;
      const measured = results.find((one) => one.name === name)?.podkey ?? Number.NaN;
      const stated = Number(new RegExp(`^\\| ${row} +\\| (\\d+) `, "m").exec(PAGE)?.[1]);
      expect(stated).to.be.closeTo(measured, measured * TOLERANCE);
    });
});
