import { expect } from "chai";
import { humanSize } from "../../../../src/cli/output/size.ts";

describe("output: size", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [1024 * 1024, "1.0 MiB"],
    [64 * 1024 * 1024, "64.0 MiB"],
    [5 * 1024 ** 3, "5.0 GiB"],
    [2 * 1024 ** 4, "2048.0 GiB"],
  ];
  for (const [sizeBytes, text] of cases) {
    it(`prints ${sizeBytes} bytes as ${text}`, () => {
      expect(humanSize(sizeBytes)).to.equal(text);
    });
  }
});
