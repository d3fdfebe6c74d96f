import { expect } from "chai";
import fc from "fast-check";
import { SortedMap } from "../../../src/core/snapshot/sorted-map.ts";

const operation = fc.oneof(
  fc.record({ op: fc.constant("set" as const), key: fc.string({ maxLength: 3 }), value: fc.integer() }),
  fc.record({ op: fc.constant("delete" as const), key: fc.string({ maxLength: 3 }), value: fc.constant(0) }),
);

describe("SortedMap", () => {
  it("is a Map in key order, whatever is set and deleted, and old versions stay as they were", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
        const model = new Map<string, number>();
        let map = SortedMap.empty<string, number>();
        for (const { op, key, value } of operations) {
          const before = map;
          const entries = [...before.entries()];
          map = op === "set" ? map.set(key, value) : map.delete(key);
          if (op === "set") model.set(key, value);
          else model.delete(key);
          expect([...before.entries()]).to.deep.equal(entries);
        }
        const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
        expect([...map.entries()]).to.deep.equal(sorted);
        expect(map.size).to.equal(model.size);
        expect(map.firstKey()).to.equal(sorted[0]?.[0]);
        expect(map.lastKey()).to.equal(sorted.at(-1)?.[0]);
        expect([...SortedMap.from(model).entries()]).to.deep.equal(sorted);
        for (const key of model.keys()) expect(map.get(key)).to.equal(model.get(key));
      }),
      { numRuns: 60 },
    );
  });

  it("continues after any key, present or not", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 300 }),
        fc.integer({ min: 0, max: 999 }),
        (numbers, after) => {
          const name = (one: number): string => String(one).padStart(3, "0");
          const map = SortedMap.from(numbers.map((one) => [name(one), one] as const));
          const rest = numbers.filter((one) => one > after).sort((a, b) => a - b);
          expect([...map.entries(name(after))].map(([, one]) => one)).to.deep.equal(rest);
        },
      ),
    );
  });
});
