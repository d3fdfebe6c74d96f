// The output of probes.
import { expect } from "chai";
import { probe } from "../../../src/admin/checks.ts";

const good = { name: "loop", trouble: () => undefined };
const bad = { name: "first-sync", trouble: () => "FORBIDDEN" };

describe("probe", () => {
  it("is one word if all checks pass", () => {
    expect(probe("livez", [good], false)).to.deep.equal({ ok: true, text: "ok\n" });
  });

  it("has one line per check with ?verbose", () => {
    expect(probe("livez", [good], true).text).to.equal("[+]loop ok\nlivez check passed\n");
  });

  it("names the failed checks without ?verbose", () => {
    expect(probe("readyz", [good, bad], false)).to.deep.equal({
      ok: false,
      text: "[+]loop ok\n[-]first-sync failed: FORBIDDEN\nreadyz check failed\n",
    });
  });
});
