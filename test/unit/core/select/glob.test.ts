import { expect } from "chai";
import { globMatches } from "../../../../src/core/select/glob.ts";

describe("globMatches", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["db", "db", true],
    ["db", "db-main", false],
    ["*", "", true],
    ["*", "anything", true],
    ["db-*", "db-", true],
    ["db-*", "db-main", true],
    ["db-*", "xdb-main", false],
    ["*-main", "db-main", true],
    ["*-main", "db-main-2", false],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["ab*ba", "aba", false],
    ["a*a", "a", false],
    ["a.b", "axb", false],
    ["**", "x", true],
  ];
  for (const [pattern, name, fits] of rows)
    it(`${fits ? "fits" : "does not fit"} ${pattern} to "${name}"`, () => {
      expect(globMatches(pattern, name)).to.equal(fits);
    });
});
