import { expect } from "chai";
import { clampedTimeout } from "../../../../src/rpc/call/deadline-clamp.ts";

describe("clampedTimeout", () => {
  for (const [timeout, expected] of [
    ["597H", "480H"],
    ["2592000S", "480H"],
    ["99999999H", "480H"],
    ["480H", "480H"],
    ["479H", "479H"],
    ["28800M", "28800M"],
    ["28801M", "480H"],
    ["99999999m", "99999999m"],
    ["99999999u", "99999999u"],
    ["5S", "5S"],
    ["nonsense", "nonsense"],
    ["", ""],
  ] as const)
    it(`makes ${JSON.stringify(timeout)} ${JSON.stringify(expected)}`, () => {
      expect(clampedTimeout(timeout)).to.equal(expected);
    });
});
