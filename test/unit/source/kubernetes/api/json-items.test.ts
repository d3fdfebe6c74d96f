import { expect } from "chai";
import fc from "fast-check";
import { ItemSplitter } from "../../../../../src/source/kubernetes/api/json-items.ts";
import { SyncError } from "../../../../../src/sync/port/sync-error.ts";
import { cutAt } from "./cut-at.ts";

function split(
  chunks: readonly Buffer[],
  maxBytes = 1_000_000,
): { readonly items: unknown[]; readonly rest: unknown } {
  const splitter = new ItemSplitter(maxBytes);
  const items = chunks.flatMap((chunk) => [...splitter.push(chunk)].map((item) => parse(item)));
  return { items, rest: parse(splitter.end()) };
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8"));
}

function splitText(text: string): { readonly items: unknown[]; readonly rest: unknown } {
  return split([Buffer.from(text)]);
}

describe("item splitter", () => {
  it("returns the same items and rest as JSON.parse, wherever the chunks are cut and however the text is spaced", () => {
    const items = fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()));
    const metadata = fc.dictionary(fc.string(), fc.jsonValue());
    const indent = fc.constantFrom(0, 2);
    fc.assert(
      fc.property(
        items,
        metadata,
        indent,
        fc.array(fc.nat()),
        fc.boolean(),
        (list, meta, space, cuts, itemsFirst) => {
          const tail = { metadata: { ...meta, items: [1, { items: [] }] } };
          const whole = itemsFirst ? { items: list, ...tail } : { kind: "List", ...tail, items: list };
          const bytes = Buffer.from(JSON.stringify(whole, undefined, space));
          const expected = JSON.parse(bytes.toString("utf8")) as { items: unknown[] };
          const seen = split(cutAt(bytes, cuts));
          expect(seen.items).to.deep.equal(expected.items);
          expect(seen.rest).to.deep.equal({ ...expected, items: [] });
        },
      ),
    );
  });

  it("ignores quotes, backslashes and brackets in strings", () => {
    const item = { a: '\\"]}[{', b: "\\\\", '"items":[': "x\\" };
    expect(splitText(JSON.stringify({ items: [item, item] })).items).to.deep.equal([item, item]);
  });

  it("returns a response without items unchanged", () => {
    expect(splitText('{"kind":"Status","code":403}')).to.deep.equal({
      items: [],
      rest: { kind: "Status", code: 403 },
    });
    expect(splitText('{"items":null}')).to.deep.equal({ items: [], rest: { items: null } });
  });

  it("throws malformed for an item that is not an object", () => {
    for (const items of ["[1]", '["a"]', "[[]]", "[null]", "[{},true]"]) {
      expect(() => splitText(`{"items":${items}}`), items).to.throw(SyncError, /not an object/);
    }
  });

  it("throws malformed at the end of a truncated list", () => {
    const text = '{"items":[{"a":"b"}],"metadata":{}}';
    for (let length = 1; length < text.length; length += 1) {
      expect(() => splitText(text.slice(0, length)), text.slice(0, length)).to.throw(SyncError, /truncated/);
    }
  });

  it("throws malformed if an item exceeds the limit", () => {
    const text = JSON.stringify({ items: [{ a: "x".repeat(100) }] });
    expect(() => split(cutAt(Buffer.from(text), [20, 40, 60, 80]), 64)).to.throw(
      SyncError,
      /more than 64 bytes/,
    );
  });
});
