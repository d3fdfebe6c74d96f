import { expect } from "chai";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SCENARIOS } from "../../support/scenarios.ts";

const TESTS = join(import.meta.dirname, "..", "..");

/** `scenario 07`, `scenarios 11 and 12`, as in titles. */
const NUMBERS = /\bscenarios? (\d{1,2}(?:(?:, | and )\d{1,2})*)/g;

function numbersIn(source: string): readonly number[] {
  return [...source.matchAll(NUMBERS)].flatMap(([, list = ""]) => list.split(/, | and /).map(Number));
}

describe("SCENARIOS", () => {
  it("has a test with its number in the title for each of the 54", () => {
    const named = new Set<number>();
    for (const file of globSync("{unit,property,contract,integration,process}/**/*.test.ts", {
      cwd: TESTS,
    })) {
      const lines = readFileSync(join(TESTS, file), "utf8").split("\n");
      // A title may be on the line after `it(`.
      const titles = lines.filter((line) => /^\s*(?:it\(|describe\(|["'`{])|title:/.test(line));
      for (const number of titles.flatMap(numbersIn)) named.add(number);
    }
    const missing = [...SCENARIOS].filter(([number]) => !named.has(number));
    expect(missing.map(([number, fault]) => `${String(number)}: ${fault}`)).to.deep.equal([]);
    expect(SCENARIOS.size).to.equal(54);
  });
});
