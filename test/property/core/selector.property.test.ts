/** Selectors come from outside: any text gives a selector or BAD_SELECTOR, and what is read means what was written. */
import { expect } from "chai";
import fc from "fast-check";
import { PodkeyError } from "../../../src/core/errors/errors.ts";
import type { Requirement, Selector } from "../../../src/core/select/selector.ts";
import { selectorMatches } from "../../../src/core/select/compiled-selector.ts";
import { parseSelector } from "../../../src/core/select/selector.ts";

/** A requirement as the model knows it: the labels, and whether they satisfy it. */
interface Written {
  readonly text: string;
  readonly holds: (labels: Readonly<Record<string, string>>) => boolean;
}

const LABELS = ["app", "in", "notin", "a.b_c", "podkey.dev/serve", "constructor", "__proto__"];
const VALUES = ["", "web", "in", "notin", "A-1.b_2", "x".repeat(63)];
// "__proto__" begins with a character that no label may begin with, so only sets of labels hold it.
const label = fc.constantFrom(...LABELS.slice(0, -1));
const value = fc.constantFrom(...VALUES);
const blank = fc.constantFrom("", " ", "\t", " \n ");
const labels = fc.dictionary(fc.constantFrom(...LABELS), value);

const written: fc.Arbitrary<Written> = fc
  .record({
    name: label,
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
    op: fc.constantFrom("=", "==", "!=", "in", "notin", "exists", "absent"),
    pad: fc.tuple(blank, blank, blank),
  })
  .map(({ name, values, op, pad: [a, b, c] }) => {
    const [first = ""] = values;
    const has = (all: Readonly<Record<string, string>>): boolean => Object.keys(all).includes(name);
    const one = (all: Readonly<Record<string, string>>): boolean => has(all) && all[name] === first;
    const any = (all: Readonly<Record<string, string>>): boolean =>
      has(all) && values.some((wanted) => wanted === all[name]);
    const set = `(${b}${values.join(`${c},${b}`)}${c})`;
    switch (op) {
      case "exists":
        return { text: `${a}${name}${c}`, holds: has };
      case "absent":
        return { text: `${a}!${b}${name}${c}`, holds: (all) => !has(all) };
      case "in":
        return { text: `${a}${name} in ${set}${c}`, holds: any };
      case "notin":
        return { text: `${a}${name} notin ${set}${c}`, holds: (all) => !any(all) };
      case "!=":
        return { text: `${a}${name}${b}!=${c}${first}${c}`, holds: (all) => !one(all) };
      default:
        return { text: `${a}${name}${b}${op}${c}${first}${c}`, holds: one };
    }
  });
const selector = fc.array(written, { minLength: 1, maxLength: 5 });
const textOf = (all: readonly Written[]): string => all.map(({ text }) => text).join(",");

/** The text of a selector in one fixed form. */
function printed({ requirements }: Selector): string {
  return requirements.map(printedOne).join(",");
}

function printedOne(one: Requirement): string {
  switch (one.op) {
    case "exists":
      return one.label;
    case "absent":
      return `!${one.label}`;
    case "in":
    case "notin":
      return `${one.label} ${one.op} (${[...one.values].join(",")})`;
  }
}

/** Pieces of the grammar in any order, which get further into the parser than any text does. */
const jumble = fc
  .array(
    fc.constantFrom("a", "b/c", "=", "==", "!=", "!", ",", "(", ")", " ", "in", "notin", "-", "é", "\0"),
    {
      maxLength: 14,
    },
  )
  .map((pieces) => pieces.join(""));

describe("parseSelector", () => {
  it("matches like a model of each requirement", () => {
    fc.assert(
      fc.property(selector, labels, (all, given) => {
        const matches = selectorMatches(parseSelector(textOf(all)), given);
        expect(matches).to.equal(all.every(({ holds }) => holds(given)));
      }),
      { numRuns: 2000 },
    );
  });

  it("reads what it would print as the same selector", () => {
    fc.assert(
      fc.property(selector, (all) => {
        const read = parseSelector(textOf(all));
        expect(parseSelector(printed(read))).to.deep.equal(read);
      }),
    );
  });

  it("joins by AND, in any order", () => {
    fc.assert(
      fc.property(selector, selector, labels, (left, right, given) => {
        const matches = (all: readonly Written[]): boolean =>
          selectorMatches(parseSelector(textOf(all)), given);
        const both = matches(left) && matches(right);
        expect(matches([...left, ...right])).to.equal(both);
        expect(matches([...right, ...left])).to.equal(both);
      }),
    );
  });

  it("matches everything, and only then everything, where it asks for nothing", () => {
    fc.assert(
      fc.property(blank, labels, (text, given) => {
        expect(selectorMatches(parseSelector(text), given)).to.equal(true);
      }),
    );
  });

  it("gives for any text a selector that prints and reads alike, or BAD_SELECTOR with a place inside the text", () => {
    const text = fc.oneof(jumble, fc.string({ maxLength: 60 }), fc.string({ unit: "binary", maxLength: 20 }));
    fc.assert(
      fc.property(text, (given) => {
        try {
          const read = parseSelector(given);
          expect(parseSelector(printed(read))).to.deep.equal(read);
        } catch (error) {
          if (!(error instanceof PodkeyError)) throw error;
          expect(error.reason).to.equal("BAD_SELECTOR");
          const position = Number(error.metadata["position"]);
          expect(position).to.be.within(1, given.length + 1);
          expect(error.message).to.include(`character ${String(position)};`);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
