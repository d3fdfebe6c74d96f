// Secrets that a selector nearly matches, with the reason.
import { expect } from "chai";
import { nearMisses } from "../../../../src/app/check/near-misses.ts";
import { parseSelector } from "../../../../src/core/select/selector.ts";

type Labels = Readonly<Record<string, string>>;

function near(selector: string, ...labels: readonly Labels[]): string | undefined {
  const secrets = labels.map((own, index) => ({ namespace: "shop", name: `s${String(index)}`, labels: own }));
  return nearMisses(parseSelector(selector), secrets);
}

const cases: readonly (readonly [string, string, Labels, string | undefined])[] = [
  [
    "another value",
    "podkey.dev/serve=true",
    { "podkey.dev/serve": "True" },
    'nearly matches: shop/s0 (podkey.dev/serve is "True" there)',
  ],
  [
    "a typing error in the label",
    "podkey.dev/serve=true",
    { "podkey.dev/sevre": "true" },
    "nearly matches: shop/s0 (it has podkey.dev/sevre, not podkey.dev/serve)",
  ],
  [
    "the label under another prefix",
    "podkey.dev/serve=true",
    { "example.io/serve": "true" },
    "nearly matches: shop/s0 (it has example.io/serve, not podkey.dev/serve)",
  ],
  [
    "a label that must not be there",
    "!legacy",
    { legacy: "1" },
    'nearly matches: shop/s0 (legacy is "1" there)',
  ],
  ["a value that must not be", "env!=prod", { env: "prod" }, 'nearly matches: shop/s0 (env is "prod" there)'],
  ["nothing of the kind", "podkey.dev/serve=true", { app: "web" }, undefined],
  ["one requirement near and one far", "app=web,tier=db", { app: "webb" }, undefined],
];

describe("check: near misses of --selector", () => {
  for (const [what, selector, labels, expected] of cases)
    it(`explains ${what}`, () => expect(near(selector, labels)).to.equal(expected));

  it("shows three and the number of the others", () => {
    const wrong = { "podkey.dev/serve": "yes" };
    expect(near("podkey.dev/serve=true", wrong, wrong, wrong, wrong, wrong)).to.match(
      /shop\/s2 .* and 2 more$/,
    );
  });
});
