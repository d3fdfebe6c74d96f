import { expect } from "chai";
import { cancelledGrpcCode } from "../../../../src/rpc/observe/grpc-code.ts";

describe("grpc_code of cancelled calls", () => {
  const rows: readonly (readonly [string, number, string])[] = [
    ["at its deadline", 1000, "DeadlineExceeded"],
    ["after it", 1400, "DeadlineExceeded"],
    ["in the millisecond by which a timer may fire early", 999, "DeadlineExceeded"],
    ["before it", 998, "Canceled"],
  ];
  for (const [when, wallMs, code] of rows)
    it(`counts a call that ends ${when} as ${code}`, () => {
      expect(cancelledGrpcCode(1000, wallMs)).to.equal(code);
      expect(cancelledGrpcCode(new Date(1000), wallMs)).to.equal(code);
    });

  it("counts a call without a deadline as Canceled", () => {
    expect(cancelledGrpcCode(Infinity, 1000)).to.equal("Canceled");
  });
});
