// As what a call is counted that was not answered.
import { expect } from "chai";
import { cancelCode } from "../../../../src/rpc/observe/camel-code.ts";

describe("cancelCode", () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ["at its deadline", 1000, "DeadlineExceeded"],
    ["after it", 1400, "DeadlineExceeded"],
    ["in the millisecond by which a timer may fire early", 999, "DeadlineExceeded"],
    ["before it", 998, "Canceled"],
  ];
  for (const [when, wallMs, code] of rows)
    it(`counts a call that ends ${when} as ${code}`, () => {
      expect(cancelCode(1000, wallMs)).to.equal(code);
      expect(cancelCode(new Date(1000), wallMs)).to.equal(code);
    });

  it("counts a call without a deadline as Canceled", () => {
    expect(cancelCode(Infinity, 1000)).to.equal("Canceled");
  });
});
