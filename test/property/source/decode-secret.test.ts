import { expect } from "chai";
import fc from "fast-check";
import { sameContent } from "../../../src/core/credential/same-content.ts";
import { isUndecodable } from "../../../src/core/snapshot/sync-event.ts";
import { decodeSecret } from "../../../src/source/decode/decode-secret.ts";
import { decodeStrictBase64 } from "../../../src/source/decode/strict-base64.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";

const OPTIONS = { annotations: ["*"], lifetimePrefix: "example.io/" };
const { certificatePem, keyPem } = createCertificateAuthority().issue();

const TYPES = [
  "Opaque",
  "kubernetes.io/tls",
  "kubernetes.io/dockercfg",
  "kubernetes.io/dockerconfigjson",
  "kubernetes.io/basic-auth",
  "kubernetes.io/ssh-auth",
  "kubernetes.io/service-account-token",
  "bootstrap.kubernetes.io/token",
];
const KEYS = [
  "tls.crt",
  "tls.key",
  "ca.crt",
  "token",
  "token-id",
  "expiration",
  ".dockercfg",
  ".dockerconfigjson",
];

/** Real PEM and JWT text, cut, repeated and with changed bytes, which reaches more of the parsers than random bytes. */
const damaged = fc
  .tuple(
    fc.constantFrom(
      certificatePem,
      keyPem,
      "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln",
      '{"auths":{"a":{}}}',
      "-----BEGIN CERTIFICATE-----",
    ),
    fc.nat(),
    fc.nat(255),
    fc.nat(3),
  )
  .map(([text, at, byte, copies]) => {
    const bytes = Buffer.from(text.repeat(copies));
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes.subarray(0, bytes.length - (at % 7));
  });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((noise) => Buffer.from(noise)),
  damaged,
);
const secret = fc.record({
  metadata: fc.record({
    namespace: fc.constant("ns"),
    name: fc.constant("n"),
    annotations: fc.dictionary(
      fc.constantFrom("podkey.dev/expires-at", "example.io/rotated-at", "x"),
      fc.string(),
    ),
  }),
  type: fc.constantFrom(...TYPES),
  data: fc.dictionary(
    fc.constantFrom(...KEYS),
    bytes.map((value) => value.toString("base64")),
  ),
});

describe("decode: any Secret", () => {
  it("decodes base64 byte for byte, and is a pure function", () => {
    fc.assert(
      fc.property(secret, (object) => {
        const once = decodeSecret(object, OPTIONS);
        const twice = decodeSecret(structuredClone(object), OPTIONS);
        if (isUndecodable(once) || isUndecodable(twice)) throw new Error("a well-formed Secret was refused");
        for (const [key, value] of once.data)
          expect(Buffer.from(value.reveal()).toString("base64")).to.equal(object.data[key]);
        expect(sameContent(once, twice)).to.equal(true);
        expect(once.expiry).to.deep.equal(twice.expiry);
      }),
      { numRuns: 300 },
    );
  });

  it("puts no value into any message", () => {
    const canary = "cAnArY-8c1f";
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES),
        fc.constantFrom("", "{", "a.", "-----BEGIN CERTIFICATE-----\n"),
        (type, head) => {
          const value = Buffer.from(`${head}${canary}`).toString("base64");
          const data = Object.fromEntries(KEYS.map((key) => [key, value]));
          for (const broken of [data, { ...data, [canary + " "]: "" }, { ...data, x: canary }]) {
            const object = { metadata: { namespace: "ns", name: "n" }, type, data: broken };
            const decoded = JSON.stringify(decodeSecret(object, OPTIONS));
            expect(decoded).not.to.contain(canary);
            expect(decoded).not.to.contain(value);
          }
        },
      ),
    );
  });

  it("returns a credential or an undecodable object for any JSON with a name, and never throws", () => {
    const names = fc.record({
      namespace: fc.constant("ns"),
      name: fc.constant("n"),
      labels: fc.jsonValue(),
      annotations: fc.jsonValue(),
    });
    const any = fc.record({
      metadata: names,
      data: fc.jsonValue(),
      type: fc.jsonValue(),
      immutable: fc.jsonValue(),
    });
    fc.assert(
      fc.property(any, (object) => {
        expect(decodeSecret(object, OPTIONS)).to.include({ namespace: "ns", name: "n" });
      }),
    );
  });
});

describe("base64: any text", () => {
  it("accepts exactly the texts that an encoder writes", () => {
    const almost = fc.string({ unit: fc.constantFrom(..."ABQRgwxyz019+/=-_ \n".split("")), maxLength: 12 });
    fc.assert(
      fc.property(almost, (text) => {
        const canonical = Buffer.from(text, "base64").toString("base64") === text;
        expect(decodeStrictBase64(text) !== undefined).to.equal(canonical);
      }),
      { numRuns: 3000 },
    );
  });
});
