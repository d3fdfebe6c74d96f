import { expect } from "chai";
import { compareVersions, isNewer } from "../../../../src/core/credential/resource-version.ts";

describe("compareVersions", () => {
  it("orders numbers of any length exactly", () => {
    expect(compareVersions("9", "10")).to.be.below(0);
    expect(compareVersions("18446744073709551616", "18446744073709551615")).to.be.above(0);
    expect(compareVersions("007", "7")).to.equal(0);
  });

  it("cannot order what is not a number, but knows equality", () => {
    expect(compareVersions("a", "b")).to.equal(undefined);
    expect(compareVersions("", "1")).to.equal(undefined);
    expect(compareVersions("a", "a")).to.equal(0);
  });
});

describe("isNewer", () => {
  it("is false where the order is unknown", () => {
    expect(isNewer("x", "1")).to.equal(false);
    expect(isNewer("2", "1")).to.equal(true);
    expect(isNewer("1", "1")).to.equal(false);
  });
});
