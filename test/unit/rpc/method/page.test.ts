import { expect } from "chai";
import { cutPage } from "../../../../src/rpc/method/page.ts";
import type { Page } from "../../../../src/rpc/method/page.ts";

const LIMITS = { maxItems: 3, maxBytes: 10, sizeBytes: (item: number) => item };

/** Runs the steps of a page; how many there were. */
function cut(
  items: Iterable<number>,
  limits = LIMITS,
): { readonly page: Page<number>; readonly steps: number } {
  const steps = cutPage(items, limits);
  for (let count = 1; ; count += 1) {
    const step = steps.next();
    if (step.done === true) return { page: step.value, steps: count };
  }
}

describe("list: pages", () => {
  for (const { what, items, page, more } of [
    { what: "takes all where they fit", items: [1, 2, 3], page: [1, 2, 3], more: false },
    { what: "ends at the count", items: [1, 1, 1, 1], page: [1, 1, 1], more: true },
    { what: "ends before the item that would not fit", items: [5, 5, 1], page: [5, 5], more: true },
    { what: "takes the first item whatever its size", items: [99, 1], page: [99], more: true },
    { what: "is empty where there is nothing", items: [], page: [], more: false },
  ])
    it(what, () => {
      expect(cut(items).page).to.deep.equal({ items: page, more });
    });

  it("reads at most one item past the page", () => {
    const read: number[] = [];
    function* endless(): Generator<number> {
      for (let at = 1; ; at += 1) {
        read.push(at);
        yield 1;
      }
    }
    cut(endless());
    expect(read).to.have.lengthOf(4);
  });

  it("takes 1,000 items in four steps", () => {
    const items = Array.from({ length: 1000 }, () => 1);
    const { page, steps } = cut(items, { ...LIMITS, maxItems: 1000, maxBytes: 1e6 });
    expect([page.items.length, steps]).to.deep.equal([1000, 4]);
  });
});
