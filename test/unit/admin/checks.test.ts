// What the kubelet and a person read of a probe.
import { expect } from "chai";
import { probe } from "../../../src/admin/checks.ts";

const good = { name: "loop", trouble: () => undefined };
const bad = { name: "first-sync", trouble: () => "FORBIDDEN" };

describe("probe", () => {
  it("says one word when all holds", () => {
    expect(probe("livez", [good], false)).to.deep.equal({ ok: true, text: "ok\n" });
  });

  it("says a line a check when asked to", () => {
    expect(probe("livez", [good], true).text).to.equal("[+]loop ok\nlivez check passed\n");
  });

  it("says what fails without being asked", () => {
    expect(probe("readyz", [good, bad], false)).to.deep.equal({
      ok: false,
      text: "[+]loop ok\n[-]first-sync failed: FORBIDDEN\nreadyz check failed\n",
    });
  });
});
