/** Compares the hand-written request decoders with the descriptors: they decode what protobufjs encodes. */
import { expect } from "chai";
import fc from "fast-check";
import { decodeGetRequest, decodeListRequest, decodeWatchRequest } from "../../../src/rpc/codec/requests.ts";
import { decodeHealthCheckRequest } from "../../../src/rpc/method/health.ts";
import { decodeReflectionRequest } from "../../../src/rpc/reflection/reflection.ts";
import { encode } from "../../support/rpc/messages.ts";

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const texts = fc.array(text, { maxLength: 5 });
const duration = fc.option(
  fc.record({ seconds: fc.integer(), nanos: fc.integer({ min: -999_999_999, max: 999_999_999 }) }),
  { nil: undefined },
);
const view = fc.constantFrom("VIEW_UNSPECIFIED", "VIEW_METADATA", "VIEW_FULL");
const DETAIL: Readonly<Record<string, string>> = { VIEW_METADATA: "metadata", VIEW_FULL: "full" };
const filter = { namespace: text, names: texts, labelSelector: text, types: texts, view };

describe("decodeGetRequest", () => {
  it("reads what the descriptors write", () => {
    const request = fc.record({
      namespace: text,
      name: text,
      keys: texts,
      view,
      generation: fc.constantFrom("GENERATION_UNSPECIFIED", "GENERATION_CURRENT", "GENERATION_PREVIOUS"),
      maxAge: duration,
    });
    fc.assert(
      fc.property(request, (given) => {
        const read = decodeGetRequest(encode("podkey.v1.GetRequest", given));
        expect(read).to.deep.equal({
          namespace: given.namespace,
          name: given.name,
          keys: given.keys,
          detail: DETAIL[given.view],
          previous: given.generation === "GENERATION_PREVIOUS",
          maxAge: given.maxAge,
        });
      }),
    );
  });
});

describe("decodeListRequest", () => {
  it("reads what the descriptors write", () => {
    const request = fc.record({
      ...filter,
      pageSize: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      pageToken: text,
      maxAge: duration,
    });
    fc.assert(
      fc.property(request, (given) => {
        const { view: asked, maxAge, ...rest } = given;
        const read = decodeListRequest(encode("podkey.v1.ListRequest", given));
        expect(read).to.deep.equal({ ...rest, detail: DETAIL[asked], maxAge });
      }),
    );
  });
});

describe("decodeWatchRequest", () => {
  it("reads what the descriptors write", () => {
    const request = fc.record({
      ...filter,
      resumeToken: text,
      requireResume: fc.boolean(),
      heartbeatInterval: duration,
    });
    fc.assert(
      fc.property(request, (given) => {
        const { view: asked, heartbeatInterval, ...rest } = given;
        const read = decodeWatchRequest(encode("podkey.v1.WatchRequest", given));
        expect(read).to.deep.equal({
          ...rest,
          detail: DETAIL[asked],
          heartbeatInterval,
        });
      }),
    );
  });
});

describe("request decoders", () => {
  const DECODERS = [
    decodeGetRequest,
    decodeListRequest,
    decodeWatchRequest,
    decodeHealthCheckRequest,
    decodeReflectionRequest,
  ];
  it("return a request or throw an Error for any bytes", () => {
    fc.assert(
      fc.property(fc.constantFrom(...DECODERS), fc.uint8Array({ maxLength: 200 }), (decode, bytes) => {
        try {
          expect(decode(Buffer.from(bytes))).to.be.an("object");
        } catch (error) {
          expect(error).to.be.instanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
