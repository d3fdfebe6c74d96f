import { expect } from "chai";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import type { ViewEntry } from "../../../../src/core/view/view.ts";
import { CREDENTIAL_LIMIT_BYTES } from "../../../../src/core/credential/too-large.ts";
import { credentialField, keysField } from "../../../../src/rpc/codec/credential.ts";
import type { GetResponse__Output } from "../../../../src/client/generated/podkey/v1/GetResponse.ts";
import { credential, key } from "../../../support/core/credentials.ts";
import { decode } from "../../../support/rpc/messages.ts";

function entryOf(one: Credential, facts: Partial<ViewEntry> = {}): ViewEntry {
  return {
    key: key(one.name),
    credential: one,
    revision: 7,
    observeTimeMs: 1_500_000_000_250,
    previous: undefined,
    ...facts,
  };
}

function read(field: Buffer): NonNullable<GetResponse__Output["credential"]> {
  const { credential: found } = decode("podkey.v1.GetResponse", field) as GetResponse__Output;
  if (found === null) throw new Error("no credential");
  return found;
}

const FULL = entryOf(
  credential("db", {
    labels: { a: "1", b: "2" },
    annotations: { "podkey.dev/description": "d" },
    immutable: true,
    expiry: { atMs: 1_900_000_000_000, keys: [] },
    problems: [{ reason: "BAD_BASE64", key: "k", keys: ["k"], message: "m", contentOutdated: true }],
    data: { password: "päss", empty: "" },
  }),
  {
    previous: {
      data: new Map(),
      type: "Opaque",
      resourceVersion: "1",
      revision: 6,
      observeTimeMs: 1,
      replacedMs: 1,
      replacedMonotonicMs: 1,
      untilMs: 1_600_000_000_000,
      untilMonotonicMs: 1,
    },
  },
);

describe("codec: credentials", () => {
  it("writes every field as the descriptors read it", () => {
    expect(read(credentialField(FULL, "full"))).to.deep.equal({
      namespace: "shop",
      name: "db",
      type: "Opaque",
      data: { empty: Buffer.alloc(0), password: Buffer.from("päss") },
      keys: [
        { name: "empty", sizeBytes: "0" },
        { name: "password", sizeBytes: "5" },
      ],
      labels: { a: "1", b: "2" },
      annotations: { "podkey.dev/description": "d" },
      uid: "uid-db",
      resourceVersion: "1",
      revision: "7",
      createTime: { seconds: "1700000000", nanos: 0 },
      observeTime: { seconds: "1500000000", nanos: 250_000_000 },
      expireTime: { seconds: "1900000000", nanos: 0 },
      immutable: true,
      previousUntil: { seconds: "1600000000", nanos: 0 },
      problems: [{ reason: "BAD_BASE64", key: "k", message: "m", contentOutdated: true }],
    });
  });

  it("encodes an entry once for each detail", () => {
    expect(credentialField(FULL, "full")).to.equal(credentialField(FULL, "full"));
    expect(credentialField(FULL, "metadata")).to.not.equal(credentialField(FULL, "full"));
    expect(credentialField({ ...FULL }, "full")).to.not.equal(credentialField(FULL, "full"));
  });

  it("sends a credential over 3 MiB as metadata with TOO_LARGE, its small keys still in full", () => {
    const large = entryOf(credential("big", { data: { a: "x".repeat(CREDENTIAL_LIMIT_BYTES), b: "small" } }));
    const whole = read(credentialField(large, "full"));
    expect(whole.data).to.deep.equal({});
    expect(whole.problems.map(({ reason }) => reason)).to.deep.equal(["TOO_LARGE"]);
    const part = read(keysField(large, new Set(["b"]), "full"));
    expect(part.data["b"]?.toString()).to.equal("small");
    expect(part.problems).to.deep.equal([]);
  });

  it("sends a credential just under 3 MiB in full", () => {
    const entry = entryOf(credential("big", { data: { a: "x".repeat(CREDENTIAL_LIMIT_BYTES - 500) } }));
    expect(read(credentialField(entry, "full")).data["a"]?.byteLength).to.equal(CREDENTIAL_LIMIT_BYTES - 500);
  });
});
