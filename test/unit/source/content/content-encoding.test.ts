import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { SecretValue } from "../../../../src/core/credential/secret-value.ts";
import { decodeContent } from "../../../../src/source/content/content-encoding.ts";

const GZIP = { "podkey.dev/content-encoding": "gzip" };
const MIB = 1024 * 1024;

function data(entries: Readonly<Record<string, Uint8Array>>): ReadonlyMap<string, SecretValue> {
  return new Map(Object.entries(entries).map(([key, bytes]) => [key, new SecretValue(bytes)]));
}

function sizes(found: ReturnType<typeof decodeContent>): unknown {
  return "reason" in found
    ? found.message
    : Object.fromEntries([...found].map(([key, v]) => [key, v.sizeBytes]));
}

describe("content encoding: gzip", () => {
  it("keeps values unchanged without the annotation and with identity", () => {
    const values = data({ a: Buffer.from("x") });
    expect(decodeContent(values, {})).to.equal(values);
    expect(decodeContent(values, { "podkey.dev/content-encoding": "identity" })).to.equal(values);
  });

  it("gunzips every value into its own buffer", () => {
    const found = decodeContent(data({ a: gzipSync("one"), b: gzipSync("") }), GZIP);
    expect(sizes(found)).to.deep.equal({ a: 3, b: 0 });
    if ("reason" in found) throw new Error(found.reason);
    for (const value of found.values()) expect(value.reveal().buffer.byteLength).to.equal(value.sizeBytes);
  });

  it("accepts 8 MiB of decoded values per credential, and not one byte more", () => {
    const half = gzipSync(Buffer.alloc(4 * MIB));
    expect(sizes(decodeContent(data({ a: half, b: half }), GZIP))).to.deep.equal({ a: 4 * MIB, b: 4 * MIB });
    const more = gzipSync(Buffer.alloc(4 * MIB + 1));
    expect(sizes(decodeContent(data({ a: half, b: more }), GZIP))).to.equal(
      "The value of key b decodes to more than 8 MiB in all.",
    );
    expect(sizes(decodeContent(data({ a: half, b: half, c: gzipSync("x") }), GZIP))).to.equal(
      "The value of key c decodes to more than 8 MiB in all.",
    );
  });

  it("stops a gzip bomb early", () => {
    const bomb = gzipSync(Buffer.alloc(128 * MIB), { level: 1 });
    const before = process.memoryUsage.rss();
    expect(sizes(decodeContent(data({ a: bomb }), GZIP))).to.contain("more than 8 MiB");
    expect(process.memoryUsage.rss() - before).to.be.below(48 * MIB);
  });

  it("names only the key of a value that is not gzip", () => {
    for (const bytes of [Buffer.from("CANARY"), gzipSync("CANARY").subarray(0, -4), Buffer.alloc(0)])
      expect(sizes(decodeContent(data({ k: bytes }), GZIP))).to.equal(
        "The value of key k is not gzip or is truncated.",
      );
  });

  it("refuses other encodings", () => {
    expect(sizes(decodeContent(data({}), { "podkey.dev/content-encoding": "zstd" }))).to.contain(
      "write gzip",
    );
  });
});
