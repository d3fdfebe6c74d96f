import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import type { Problem } from "../../../../src/core/credential/problem.ts";
import { SecretValue } from "../../../../src/core/credential/secret-value.ts";
import { createJoinParts } from "../../../../src/source/decode/join-parts.ts";
import type { CredentialFields } from "../../../support/core/credentials.ts";
import { partsOf, wholeHash } from "../../../support/core/parts.ts";
import { createCertificateAuthority } from "../../../support/tls/certificate-authority.ts";

const join = createJoinParts({ annotations: [] });

function text(found: Credential | Problem): Readonly<Record<string, string>> | string {
  if ("reason" in found) return found.reason;
  return Object.fromEntries(
    [...found.data].map(([key, value]) => [key, Buffer.from(value.reveal()).toString()]),
  );
}

function joined(
  pieces: readonly Readonly<Record<string, string>>[],
  assembled: Readonly<Record<string, string>>,
  fields: CredentialFields = {},
): Credential | Problem {
  return join(partsOf("big", pieces, wholeHash(assembled), fields), "big");
}

describe("parts: join", () => {
  it("joins keys, and the pieces of a value that was split", () => {
    const assembled = { a: "1", b: "two-three-four", c: "" };
    expect(
      text(joined([{ "b.1": "three-", a: "1" }, { "b.0": "two-", "b.2": "four" }, { c: "" }], assembled)),
    ).to.deep.equal(assembled);
  });

  it("keeps keys that are named like pieces if the hash matches them", () => {
    const assembled = { "v.0": "zero", "v.1": "one" };
    expect(text(joined([{ "v.0": "zero" }, { "v.1": "one" }], assembled))).to.deep.equal(assembled);
  });

  it("does not join a single KEY.0, or pieces beside a key of their name", () => {
    for (const assembled of [
      { "v.0": "x" },
      { v: "x", "v.0": "y", "v.1": "z" },
      { "v.1": "x", "v.2": "y" },
      { ".0": "x", ".1": "y" },
    ])
      expect(text(joined([assembled], assembled))).to.deep.equal(assembled);
  });

  it("sorts the keys of the joined credential", () => {
    const found = joined([{ z: "1" }, { a: "2", m: "3" }], { a: "2", m: "3", z: "1" });
    expect(Object.keys(text(found))).to.deep.equal(["a", "m", "z"]);
  });

  it("refuses another byte, another key, a moved boundary and a repeated key", () => {
    const assembled = { a: "12", b: "3" };
    for (const pieces of [
      [{ a: "12" }, { b: "4" }],
      [{ a: "12" }, { c: "3" }],
      [{ a: "1" }, { b: "23" }],
      [{ a: "12" }, { a: "12", b: "3" }],
      [{ a: "12", b: "3", c: "" }],
    ])
      expect(text(joined(pieces, assembled))).to.equal("PARTS_MISMATCH");
  });

  it("gunzips after joining, by the annotation of part 0", () => {
    const packed = gzipSync("x".repeat(5000));
    const annotations = { "podkey.dev/content-encoding": "gzip" };
    const parts = partsOf("big", [{ "v.0": "" }, { "v.1": "" }], wholeHash({ v: packed }), { annotations });
    const [zero, one] = parts;
    if (zero === undefined || one === undefined) throw new Error("two parts");
    const cut = (part: Credential, key: string, bytes: Uint8Array): Credential => ({
      ...part,
      data: new Map([[key, new SecretValue(bytes)]]),
    });
    const halves = [cut(zero, "v.0", packed.subarray(0, 20)), cut(one, "v.1", packed.subarray(20))];
    expect(text(join(halves, "big"))).to.deep.equal({ v: "x".repeat(5000) });
  });

  it("checks the joined content like one Secret, without its size limit", () => {
    const { certificatePem, keyPem } = createCertificateAuthority().issue();
    const assembled = { "tls.crt": certificatePem, "tls.key": keyPem };
    const found = joined([{ "tls.crt": certificatePem }, { "tls.key": keyPem }], assembled, {
      type: "kubernetes.io/tls",
    });
    if ("reason" in found) throw new Error(found.reason);
    expect(found.expiry?.keys).to.deep.equal(["tls.crt"]);
    expect(found.problems).to.deep.equal([]);
    const large = { a: "x".repeat(900_000), b: "y".repeat(900_000) };
    const sound = joined([{ a: large.a }, { b: large.b }], large);
    expect("reason" in sound ? sound : sound.problems).to.deep.equal([]);
    const half = joined(
      [{ "tls.crt": certificatePem }],
      { "tls.crt": certificatePem },
      { type: "kubernetes.io/tls" },
    );
    expect("reason" in half ? half : half.problems.map(({ reason }) => reason)).to.deep.equal([
      "MISSING_KEY",
    ]);
  });
});
