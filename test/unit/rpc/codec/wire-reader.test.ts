import { expect } from "chai";
import {
  decodeGetRequest,
  decodeListRequest,
  decodeWatchRequest,
} from "../../../../src/rpc/codec/requests.ts";
import { WireError } from "../../../../src/rpc/codec/wire-reader.ts";
import { decodeHealthCheckRequest } from "../../../../src/rpc/method/health.ts";
import { decodeReflectionRequest } from "../../../../src/rpc/reflection/reflection.ts";
import { requestDecoder } from "../../../../src/rpc/request/request-decoder.ts";
import { decodeDiscoveryRequest } from "../../../../src/rpc/sds/wire.ts";

const DECODERS = [
  decodeGetRequest,
  decodeListRequest,
  decodeWatchRequest,
  decodeHealthCheckRequest,
  decodeReflectionRequest,
  decodeDiscoveryRequest,
] as const;

/** Groups of field 100 inside each other, all closed. */
function groups(depth: number): string {
  return "a306".repeat(depth) + "a406".repeat(depth);
}

const MALFORMED: readonly (readonly [string, string])[] = [
  ["a string longer than the message", "0a056162"],
  ["an inner message longer than the message", "32056162"],
  ["a length of 4 GiB and five bytes", "0a8580808010" + "6162636465"],
  ["field number 0", "0200"],
  ["a field number of more than 29 bits", "fa808080800100"],
  ["wire type 6", "0e00"],
  ["wire type 7", "0f00"],
  ["a varint without an end", "20ff"],
  ["a varint of eleven bytes", "a006" + "ff".repeat(10) + "01"],
  ["a fixed number that is cut off", "a106000000"],
  ["an end of a group that has no start", "a406"],
  ["a group without an end", "a306"],
  ["a group that another field ends", "a306ac06"],
  ["101 groups inside each other", groups(101)],
  ["10,001 fields", "a00601".repeat(10_001)],
  ["a string that is not UTF-8", "0a02c328"],
  ["a string that ends in half a character", "0a01c3"],
];

describe("codec: strict decoding", () => {
  for (const [what, hex] of MALFORMED)
    it(`refuses ${what}`, () => {
      for (const decode of DECODERS) {
        const bytes = Buffer.from(hex, "hex");
        // It skips field 1 (version_info), whose text it does not need.
        if (what.startsWith("a string that") && decode === decodeDiscoveryRequest) continue;
        expect(() => decode(bytes), decode.name).to.throw(WireError);
      }
    });

  it("skips unknown fields of every wire type, also 100 groups inside each other", () => {
    const unknown = ["a00601", "a1060000000000000000", "a206026162", "a50600000000", groups(100)].join("");
    const name = Buffer.from("12026462", "hex");
    const read = decodeGetRequest(Buffer.concat([Buffer.from(unknown, "hex"), name]));
    expect(read.name).to.equal("db");
  });

  it("merges the parts of a message field that occurs twice", () => {
    const { maxAge } = decodeGetRequest(Buffer.from("32020801" + "3203108001", "hex"));
    expect(maxAge).to.deep.equal({ seconds: 1, nanos: 128 });
  });

  it("answers malformed bytes with BAD_REQUEST", () => {
    const read = requestDecoder(decodeGetRequest)(Buffer.from("0200", "hex"));
    expect(read).to.have.property("reason", "BAD_REQUEST");
  });
});

describe("codec: limits of a request", () => {
  const entries = (tag: string, count: number, entry: string): Buffer =>
    Buffer.from(
      (tag + Buffer.from([entry.length]).toString("hex") + Buffer.from(entry).toString("hex")).repeat(count),
      "hex",
    );

  const LISTS = [
    { field: "keys", decode: decodeGetRequest, tag: "1a", limit: 1000, reason: "BAD_NAME" },
    { field: "names", decode: decodeListRequest, tag: "12", limit: 1000, reason: "BAD_NAME" },
    { field: "names", decode: decodeWatchRequest, tag: "12", limit: 1000, reason: "BAD_NAME" },
    { field: "resource_names", decode: decodeDiscoveryRequest, tag: "1a", limit: 1000, reason: "BAD_NAME" },
    { field: "types", decode: decodeListRequest, tag: "22", limit: 100, reason: "BAD_SELECTOR" },
    { field: "types", decode: decodeWatchRequest, tag: "22", limit: 100, reason: "BAD_SELECTOR" },
  ] as const;

  for (const { field, decode, tag, limit, reason } of LISTS)
    it(`takes ${String(limit)} ${field} and refuses the next one with ${reason} (${decode.name})`, () => {
      const read: (bytes: Uint8Array) => unknown = requestDecoder<unknown>(decode);
      expect(read(entries(tag, limit, "x"))).to.not.be.instanceOf(Error);
      expect(read(entries(tag, limit + 1, ""))).to.include({ reason, field });
    });

  it("stops at the first entry over the limit, whatever follows", () => {
    const garbage = Buffer.from([0x02]);
    const read = requestDecoder(decodeListRequest)(Buffer.concat([entries("12", 1001, ""), garbage]));
    expect(read).to.have.property("reason", "BAD_NAME");
  });

  it("takes a type of 253 bytes and refuses one of 254", () => {
    const type = (sizeBytes: number): Buffer =>
      Buffer.concat([Buffer.from([0x22, 0xfd + (sizeBytes - 253), 0x01]), Buffer.alloc(sizeBytes, "x")]);
    const read = requestDecoder(decodeListRequest);
    expect(read(type(253))).to.not.be.instanceOf(Error);
    expect(read(type(254))).to.include({ reason: "BAD_SELECTOR", field: "types" });
  });
});
