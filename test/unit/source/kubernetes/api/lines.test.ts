import { expect } from "chai";
import fc from "fast-check";
import type { LineSplitter } from "../../../../../src/source/kubernetes/api/lines.ts";
import { createLineSplitter } from "../../../../../src/source/kubernetes/api/lines.ts";
import { SyncError } from "../../../../../src/sync/port/sync-error.ts";
import { cutAt } from "./cut-at.ts";

function readAll(splitter: LineSplitter, chunks: readonly Buffer[]): readonly string[] {
  return chunks.flatMap((chunk) => [...splitter.push(chunk)].map((line) => line.toString("utf8")));
}

describe("line splitter", () => {
  it("returns the same lines wherever the chunks are cut", () => {
    const line = fc.string({ unit: "grapheme", minLength: 3 }).map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 200 })), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
        const splitter = createLineSplitter(1_000_000);
        expect(readAll(splitter, cutAt(bytes, cuts))).to.deep.equal(lines);
        expect(splitter.pendingBytes()).to.equal(0);
      }),
    );
  });

  it("skips blank lines and reports an unfinished one", () => {
    const splitter = createLineSplitter(100);
    expect(readAll(splitter, [Buffer.from('\n\r\n{"a":1}\n \n{"b"')])).to.deep.equal(['{"a":1}']);
    expect(splitter.pendingBytes()).to.equal(4);
  });

  it("returns the lines before one that is too long, then throws malformed without its text", () => {
    const splitter = createLineSplitter(10);
    const seen: string[] = [];
    const read = (): void => {
      for (const line of splitter.push(Buffer.from('{"a":1}\nhunter2hunter2'))) seen.push(line.toString());
    };
    expect(read)
      .to.throw(SyncError, /more than 10 bytes/)
      .with.property("kind", "malformed");
    expect(seen).to.deep.equal(['{"a":1}']);
  });
});
