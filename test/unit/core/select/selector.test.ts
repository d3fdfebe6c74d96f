import { expect } from "chai";
import { PodkeyError } from "../../../../src/core/errors/errors.ts";
import { SELECTOR_LIMITS } from "../../../../src/core/errors/request-limits.ts";
import { selectorMatches } from "../../../../src/core/select/compiled-selector.ts";
import { parseSelector } from "../../../../src/core/select/selector.ts";

describe("parseSelector", () => {
  const labels = { app: "shop", tier: "db", empty: "", "podkey.dev/serve": "true" };

  const matching = [
    "",
    "  ",
    "app",
    "app=shop",
    "app==shop",
    " app = shop , tier = db ",
    "app!=web",
    "absent!=web",
    "!absent",
    "app in (web,shop)",
    "app notin (web)",
    "absent notin (web)",
    "empty=",
    "empty in (,x)",
    "podkey.dev/serve=true",
    "app,tier in (db),!absent,empty",
  ];
  for (const text of matching)
    it(`matches with "${text}"`, () => {
      expect(selectorMatches(parseSelector(text), labels)).to.equal(true);
    });

  const differing = [
    "app=web",
    "app!=shop",
    "!app",
    "absent",
    "absent=",
    "app in (web)",
    "app notin (shop)",
    "app,absent",
  ];
  for (const text of differing)
    it(`does not match with "${text}"`, () => {
      expect(selectorMatches(parseSelector(text), labels)).to.equal(false);
    });

  const broken = [
    "=",
    "app=,=",
    "a b",
    "app in",
    "app in (",
    "app in (a",
    "app in a",
    "app>1",
    "-a",
    "a/b/c",
    ",",
    "app,",
    "A_/x",
    "app=$",
  ];
  for (const text of broken)
    it(`refuses "${text}" and names the position`, () => {
      expect(() => parseSelector(text))
        .to.throw(PodkeyError, /character \d+/)
        .with.property("reason", "BAD_SELECTOR");
    });

  it("does not take a label named like a property of every object for present", () => {
    expect(selectorMatches(parseSelector("constructor"), {})).to.equal(false);
  });

  for (const [what, accepted, refused] of [
    ["16 KiB of text", `a${" ".repeat(16_382)}b`.replace(" b", ",b"), `a${" ".repeat(16_383)},b`],
    ["100 requirements", "!a,".repeat(99) + "!a", "!a,".repeat(100) + "!a"],
    [
      "1,000 values",
      `a in (${"b,".repeat(999)}b)`,
      `a in (${"b,".repeat(500)}b),c notin (${"b,".repeat(499)}b)`,
    ],
  ] as const)
    it(`takes ${what} and refuses more where the limits of requests apply`, () => {
      expect(() => parseSelector(accepted, SELECTOR_LIMITS)).to.not.throw();
      expect(() => parseSelector(refused)).to.not.throw();
      expect(() => parseSelector(refused, SELECTOR_LIMITS))
        .to.throw(PodkeyError)
        .with.property("reason", "BAD_SELECTOR");
    });
});
