/** What a policy allows: more rules never take away, and what a request is refused for is never in the view. */
import { expect } from "chai";
import fc from "fast-check";
import type { AllowedKeys, Policy, Rule } from "../../../src/core/select/policy.ts";
import { allowedKeys, couldAllow } from "../../../src/core/select/policy.ts";
import { parseSelector } from "../../../src/core/select/selector.ts";
import { credential } from "../../support/core/credentials.ts";

const NAMES = ["db", "db-main", "web", "a"];
const NAMESPACES = ["shop", "bank"];
const KEYS = ["password", "username", "tls.crt"];
const some = <T>(...all: readonly T[]): fc.Arbitrary<T[]> =>
  fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 3 });
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    names: some("db", "db*", "*-main", "*", "d*b", "web"),
    namespaces: some(...NAMESPACES),
    keys: some(...KEYS),
    selector: fc.constantFrom("", "app=shop", "!app", "app in (shop,web)").map((text) => parseSelector(text)),
    types: some("Opaque", "kubernetes.io/tls"),
  },
  { requiredKeys: [] },
);
const policy: fc.Arbitrary<Policy> = fc.array(rule, { maxLength: 4 }).map((rules) => ({ rules }));
const held = fc
  .record({
    name: fc.constantFrom(...NAMES),
    namespace: fc.constantFrom(...NAMESPACES),
    type: fc.constantFrom("Opaque", "kubernetes.io/tls"),
    labels: fc.constantFrom({}, { app: "shop" }, { app: "other" }),
  })
  .map(({ name, ...fields }) => credential(name, fields));

/** Whether a view by these keys holds this key. */
function holds(allowed: AllowedKeys | undefined, key: string): boolean {
  return allowed === "all" || (allowed?.has(key) ?? false);
}

describe("allowedKeys", () => {
  it("gives nothing without a rule", () => {
    fc.assert(
      fc.property(held, (one) => {
        expect(allowedKeys({ rules: [] }, one)).to.equal(undefined);
      }),
    );
  });

  it("is the union of what each rule alone allows, so that no rule takes away and no order matters", () => {
    fc.assert(
      fc.property(policy, held, ({ rules }, one) => {
        const together = allowedKeys({ rules }, one);
        const alone = rules.map((single) => allowedKeys({ rules: [single] }, one));
        expect(together !== undefined).to.equal(alone.some((allowed) => allowed !== undefined));
        for (const key of [...KEYS, "not-named"])
          expect(holds(together, key)).to.equal(alone.some((allowed) => holds(allowed, key)));
        expect(allowedKeys({ rules: rules.toReversed() }, one)).to.deep.equal(together);
      }),
      { numRuns: 1000 },
    );
  });

  it("narrows a rule by each condition more (AND)", () => {
    fc.assert(
      fc.property(rule, rule, held, (left, right, one) => {
        const both: Rule = { ...right, ...left };
        const allowed = allowedKeys({ rules: [both] }, one);
        if (allowed !== undefined) expect(allowedKeys({ rules: [left] }, one)).not.to.equal(undefined);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("couldAllow", () => {
  it("never refuses what the view holds", () => {
    fc.assert(
      fc.property(policy, held, (given, one) => {
        const { namespace, name } = one;
        const allowed = allowedKeys(given, one);
        if (allowed !== undefined)
          expect(couldAllow(given, { namespace, name, key: undefined })).to.equal(true);
        for (const key of KEYS)
          if (holds(allowed, key)) expect(couldAllow(given, { namespace, name, key })).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("denies only if no labels and no type would be allowed", () => {
    fc.assert(
      fc.property(policy, held, fc.constantFrom(...KEYS), ({ rules }, one, key) => {
        const { namespace, name } = one;
        const open = rules.map(({ selector: _, types: __, ...rest }) => rest);
        const allowed = allowedKeys({ rules: open }, one);
        expect(couldAllow({ rules }, { namespace, name, key: undefined })).to.equal(allowed !== undefined);
        expect(couldAllow({ rules }, { namespace, name, key })).to.equal(holds(allowed, key));
      }),
      { numRuns: 1000 },
    );
  });

  it("allows for any name or namespace what it allows for one", () => {
    fc.assert(
      fc.property(policy, held, (given, { namespace, name }) => {
        if (!couldAllow(given, { namespace, name, key: undefined })) return;
        expect(couldAllow(given, { namespace: undefined, name, key: undefined })).to.equal(true);
        expect(couldAllow(given, { namespace, name: undefined, key: undefined })).to.equal(true);
      }),
    );
  });
});
