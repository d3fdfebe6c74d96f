/**
 * Content that a hostile writer of Secrets can create: damaged certificates, tokens, docker configurations, gzip values
 * and part annotations. The decoder never throws or hangs, and no message contains a value.
 */
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { isUndecodable } from "../../../src/core/snapshot/sync-event.ts";
import { decodeSecret } from "../../../src/source/decode/decode-secret.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";

const CANARY = "cAnArY-5e1f";
const OPTIONS = { annotations: [], lifetimePrefix: "example.io/" };
const authority = createCertificateAuthority();
const { certificatePem, keyPem } = authority.issue({ commonName: CANARY });

/** Bytes with some of them changed, cut off, or with bytes appended. */
function damaged(good: Uint8Array): fc.Arbitrary<Buffer> {
  const turn = fc.tuple(fc.nat(Math.max(0, good.length - 1)), fc.integer({ min: 1, max: 255 }));
  return fc
    .record({
      turns: fc.array(turn, { maxLength: 4 }),
      cut: fc.nat(good.length),
      tail: fc.uint8Array({ maxLength: 8 }),
    })
    .map(({ turns, cut, tail }) => {
      const bytes = Buffer.from(good);
      for (const [at, mask] of turns) bytes[at] = (bytes[at] ?? 0) ^ mask;
      return Buffer.concat([cut % 3 === 0 ? bytes.subarray(0, cut) : bytes, tail]);
    });
}

/** The PEM is well-formed and its DER is damaged. */
function damagedPem(pem: string): fc.Arbitrary<Buffer> {
  const [head = "", ...rest] = pem.trim().split("\n");
  const foot = rest.pop() ?? "";
  const der = Buffer.from(rest.join(""), "base64");
  return damaged(der).map((bytes) => Buffer.from(`${head}\n${bytes.toString("base64")}\n${foot}\n`));
}

const json = fc.oneof(
  fc.json(),
  fc.constantFrom(
    `{"auths":{"${CANARY}":1}}`,
    `{"__proto__":{"auths":"${CANARY}"}}`,
    `${'{"a":'.repeat(20_000)}"${CANARY}"${"}".repeat(20_000)}`,
    `${"[".repeat(20_000)}"${CANARY}"`,
    `\ufeff{"a":"${CANARY}"}`,
  ),
);
const jwt = fc
  .tuple(
    json,
    fc.oneof(
      json,
      fc
        .record({ exp: fc.oneof(fc.double(), fc.constantFrom(1e300, -1, "1", null)), iat: fc.double() })
        .map((claims) => JSON.stringify(claims)),
    ),
    fc.constantFrom("", CANARY),
  )
  .map(([head, claims, signature]) =>
    Buffer.from(
      [head, claims]
        .map((text) => Buffer.from(text).toString("base64url"))
        .concat(signature)
        .join("."),
    ),
  );

const CASES: readonly (readonly [string, string, string, fc.Arbitrary<Buffer>])[] = [
  [
    "certificates",
    "kubernetes.io/tls",
    "tls.crt",
    fc.oneof(damagedPem(certificatePem), damaged(Buffer.from(certificatePem + certificatePem))),
  ],
  [
    "private keys",
    "kubernetes.io/tls",
    "tls.key",
    fc.oneof(damagedPem(keyPem), damaged(Buffer.from(keyPem))),
  ],
  ["tokens", "kubernetes.io/service-account-token", "token", fc.oneof(jwt, jwt.chain(damaged))],
  [
    "docker configurations",
    "kubernetes.io/dockerconfigjson",
    ".dockerconfigjson",
    json.map((text) => Buffer.from(text)),
  ],
];

function messagesOf(object: object): string {
  const decoded = decodeSecret(object, OPTIONS);
  return JSON.stringify(isUndecodable(decoded) ? decoded.problem : decoded.problems);
}

describe("decode: hostile content", () => {
  for (const [what, type, key, bytes] of CASES)
    it(`accepts any damage to ${what}`, () => {
      const other = type === "kubernetes.io/tls" ? { "tls.crt": certificatePem, "tls.key": keyPem } : {};
      fc.assert(
        fc.property(bytes, (value) => {
          const texts = { ...other, [key]: value };
          const data = Object.fromEntries(
            Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString("base64")]),
          );
          const metadata = {
            namespace: "ns",
            name: "n",
            annotations: { "kubernetes.io/service-account.name": "x" },
          };
          expect(messagesOf({ metadata, type, data })).not.to.contain(CANARY);
        }),
        { numRuns: 300 },
      );
    });

  it("returns the original bytes or a problem for any damage to gzip values", () => {
    const plain = Buffer.from(`${CANARY}${"0123456789".repeat(50)}`);
    const packed = gzipSync(plain);
    const bodies = fc.oneof(
      damaged(packed),
      damaged(Buffer.concat([packed, packed])),
      fc.uint8Array().map((noise) => Buffer.from(noise)),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const annotations = { "podkey.dev/content-encoding": "gzip" };
        const object = {
          metadata: { namespace: "ns", name: "n", annotations },
          data: { k: body.toString("base64") },
        };
        const decoded = decodeSecret(object, OPTIONS);
        expect(messagesOf(object)).not.to.contain(CANARY);
        if (isUndecodable(decoded))
          expect(decoded.problem).to.deep.include({ reason: "BAD_ENCODING", contentOutdated: true });
        // The checksum of gzip allows only complete streams: none, one or two copies of the text.
        else expect((decoded.data.get("k")?.sizeBytes ?? 0) % plain.length).to.equal(0);
      }),
      { numRuns: 500 },
    );
  });

  it("returns a part or a problem for any part annotations, and no digest in a message", () => {
    const hex = "0123456789abcdef".repeat(4);
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "0",
        "1",
        "2",
        "-1",
        "1e3",
        hex,
        hex.toUpperCase(),
        "name",
        "A_b",
        "999999999999999999999",
      ),
    );
    const names = [
      "podkey.dev/part-of",
      "podkey.dev/part-index",
      "podkey.dev/part-count",
      "podkey.dev/part-sha256",
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text), (annotations) => {
        const object = { metadata: { namespace: "ns", name: "n", annotations }, data: { k: "" } };
        const decoded = decodeSecret(object, OPTIONS);
        expect(messagesOf(object)).not.to.contain(hex.slice(0, 16));
        if (isUndecodable(decoded)) expect(decoded.problem.reason).to.equal("BAD_PART");
        else {
          expect(decoded.part !== undefined).to.equal("podkey.dev/part-of" in annotations);
          expect(decoded.part?.index ?? 0).to.be.below(decoded.part?.count ?? 1);
          expect(decoded.annotations).to.deep.equal({});
        }
      }),
      { numRuns: 1000 },
    );
  });
});
