/** Two Watches share a group, and each other's messages, if their fingerprints are equal. */
import { expect } from "chai";
import { compileErrors } from "../../../support/planted-source.ts";

const FILTER = "src/rpc/request/filter.ts";
const REQUESTS = "src/rpc/codec/requests.ts";

describe("filter: fingerprint", function () {
  // The compiler reads its own library first.
  this.timeout(30_000);

  it("compiles as it is", () => {
    expect(compileErrors(FILTER, [])).to.deep.equal([]);
  });

  for (const message of [
    "FilterRequest",
    "ListRequest extends FilterRequest",
    "WatchRequest extends FilterRequest",
  ])
    it(`does not compile with a new field of ${message} that it leaves out`, () => {
      const find = `export interface ${message} {`;
      const planted = { file: REQUESTS, find, replace: `${find}\n  planted?: string;` };
      const errors = compileErrors(FILTER, [planted]);
      expect(errors.join("; ")).to.match(/Property 'planted' is missing/);
    });
});
