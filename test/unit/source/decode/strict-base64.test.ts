import { expect } from "chai";
import { decodeStrictBase64 } from "../../../../src/source/decode/strict-base64.ts";

describe("base64: strict", () => {
  it("decodes canonical text with every padding", () => {
    for (const plain of ["", "a", "ab", "abc", "abcd", "\u0000ÿ\n"]) {
      const text = Buffer.from(plain, "latin1").toString("base64");
      expect(Buffer.from(decodeStrictBase64(text) ?? []).toString("latin1")).to.equal(plain);
    }
  });

  for (const [what, text] of [
    ["a foreign character, which Node's decoder drops", "YWJj!ZGVm"],
    ["missing padding", "YQ"],
    ["too much padding", "YQ==="],
    ["padding in the middle", "YQ==YQ=="],
    ["only padding", "===="],
    ["the url alphabet", "-_-_"],
    ["a line break", "YWJj\nZGVm"],
    ["a trailing line break", "YWJj\n"],
    ["unused bits that are set, after two characters", "YR=="],
    ["unused bits that are set, after three characters", "YWJ="],
    ["a character beyond ASCII", "YWJé"],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(decodeStrictBase64(text)).to.equal(undefined);
    });
  }

  it("returns bytes in their own buffer", () => {
    const bytes = decodeStrictBase64("YWJj");
    expect(bytes?.buffer.byteLength).to.equal(3);
  });
});
