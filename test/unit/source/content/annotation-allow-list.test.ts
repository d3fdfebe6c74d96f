import { expect } from "chai";
import { isServedAnnotation } from "../../../../src/source/content/annotation-allow-list.ts";

describe("annotations: allow-list", () => {
  it("serves only podkey's own annotations by default", () => {
    const served = (name: string): boolean => isServedAnnotation(name, { annotations: [] });
    expect(served("podkey.dev/description")).to.equal(true);
    expect(served("example.io/owner")).to.equal(false);
    expect(served("podkey.dev.example.io/x")).to.equal(false);
  });

  it("serves annotations that the operator adds by prefix or exact name", () => {
    const options = { annotations: ["example.io/*", "owner"] };
    expect(isServedAnnotation("example.io/owner", options)).to.equal(true);
    expect(isServedAnnotation("owner", options)).to.equal(true);
    expect(isServedAnnotation("owner2", options)).to.equal(false);
  });

  it("never serves the annotations that hold the values", () => {
    for (const name of ["kubectl.kubernetes.io/last-applied-configuration", "kapp.k14s.io/original"]) {
      expect(
        isServedAnnotation(name, { annotations: ["*", name, "kubectl.kubernetes.io/*"] }),
        name,
      ).to.equal(false);
    }
  });

  it("never serves the annotations that link the parts of a credential", () => {
    expect(isServedAnnotation("podkey.dev/part-sha256", { annotations: ["*"] })).to.equal(false);
    expect(isServedAnnotation("podkey.dev/part-of", { annotations: ["podkey.dev/*"] })).to.equal(false);
  });

  it("serves exactly the six lifetime annotations under the second prefix", () => {
    const options = { annotations: [], lifetimePrefix: "example.io/" };
    expect(isServedAnnotation("example.io/rotated-at", options)).to.equal(true);
    expect(isServedAnnotation("example.io/owner", options)).to.equal(false);
  });
});
