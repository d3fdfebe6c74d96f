import { expect } from "chai";
import { readPart } from "../../../../src/source/decode/read-part.ts";

const SHA = "0a".repeat(32);
const GOOD = {
  "podkey.dev/part-of": "bundle",
  "podkey.dev/part-index": "1",
  "podkey.dev/part-count": "3",
  "podkey.dev/part-sha256": SHA,
};

describe("parts: annotations", () => {
  it("reads no part without part-of", () => {
    expect(readPart({ "podkey.dev/part-index": "x" })).to.equal(undefined);
  });

  it("reads the four annotations, and the hash in upper or lower case", () => {
    const part = { of: "bundle", index: 1, count: 3, sha256: SHA };
    expect(readPart(GOOD)).to.deep.equal(part);
    expect(readPart({ ...GOOD, "podkey.dev/part-sha256": SHA.toUpperCase() })).to.deep.equal(part);
  });

  for (const [name, texts] of [
    ["part-of", ["", "Not_A_Name"]],
    ["part-index", ["", "-1", "3", "01", "1.0", "1e0", " 1"]],
    ["part-count", ["", "0", "129", "1000", "NaN"]],
    ["part-sha256", ["", "0a", `${SHA}0`, "zz".repeat(32)]],
  ] as const)
    it(`reports a missing or malformed ${name} without quoting it`, () => {
      const key = `podkey.dev/${name}`;
      const { [key]: _left, ...without } = GOOD as Readonly<Record<string, string>>;
      const cases = [
        ...(name === "part-of" ? [] : [without]),
        ...texts.map((text) => ({ ...GOOD, [key]: text })),
      ];
      for (const annotations of cases) {
        const found = readPart(annotations);
        expect(found).to.have.property("reason", "BAD_PART");
        expect(JSON.stringify(found)).to.contain(name).and.not.contain(SHA.slice(0, 8));
      }
    });
});
