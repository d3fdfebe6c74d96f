import { expect } from "chai";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import type { Undecodable } from "../../../../src/core/snapshot/sync-event.ts";
import { isUndecodable } from "../../../../src/core/snapshot/sync-event.ts";
import { decodeSecret, DEFAULT_DECODE_OPTIONS } from "../../../../src/source/decode/decode-secret.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";

const metadata = { namespace: "shop", name: "db", uid: "u-1", resourceVersion: "42" };

function decode(object: object): Credential | Undecodable {
  return decodeSecret(object, DEFAULT_DECODE_OPTIONS);
}

function good(object: object): Credential {
  const decoded = decode(object);
  if (isUndecodable(decoded)) throw new Error(decoded.problem.message);
  return decoded;
}

function bad(object: object): Undecodable {
  const decoded = decode(object);
  if (!isUndecodable(decoded)) throw new Error("it was decoded");
  return decoded;
}

describe("decode: a Secret", () => {
  it("reads every field of a Secret", () => {
    const credential = good({
      metadata: {
        ...metadata,
        labels: { b: "2", a: "1" },
        annotations: { "podkey.dev/description": "main database" },
        creationTimestamp: "2026-01-02T03:04:05Z",
      },
      type: "example.io/custom",
      immutable: true,
      data: { username: "YWRtaW4=", password: "aHVudGVyMg==" },
    });
    expect(credential).to.deep.include({
      ...metadata,
      type: "example.io/custom",
      immutable: true,
      createTimeMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      labels: { a: "1", b: "2" },
      annotations: { "podkey.dev/description": "main database" },
      expiry: undefined,
      problems: [],
    });
    expect(Object.keys(credential.labels)).to.deep.equal(["a", "b"]);
    expect([...credential.data.keys()]).to.deep.equal(["password", "username"]);
    expect(Buffer.from(credential.data.get("username")?.reveal() ?? []).toString()).to.equal("admin");
  });

  it("reads absent or null data as an empty Secret of type Opaque", () => {
    for (const object of [{ metadata }, { metadata, data: null, type: "" }]) {
      const credential = good(object);
      expect(credential.data.size).to.equal(0);
      expect(credential.type).to.equal("Opaque");
      expect(credential.immutable).to.equal(false);
    }
  });

  it("drops managedFields and annotations outside the allow-list", () => {
    const leak = "bGVha2VkLXZhbHVl";
    const credential = good({
      metadata: {
        ...metadata,
        managedFields: [{ manager: "kubectl", fieldsV1: { leak } }],
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": leak,
          "kapp.k14s.io/original": leak,
          "podkey.dev/part-sha256": leak,
          "tool.example.io/backup": leak,
        },
      },
    });
    expect(JSON.stringify(credential)).not.to.contain(leak);
    expect(credential.annotations).to.deep.equal({});
  });

  it("names the key that is not base64, and not its text", () => {
    const { problem, ...identity } = bad({ metadata, data: { password: "hunter2!", username: "YWRtaW4=" } });
    expect(identity).to.deep.equal(metadata);
    expect(problem).to.deep.include({
      reason: "BAD_BASE64",
      key: "password",
      keys: ["password"],
      contentOutdated: true,
    });
    expect(problem.message).not.to.contain("hunter2");
  });

  it("does not quote an invalid key, which may be a value", () => {
    const { problem } = bad({ metadata, data: { "hunter2 !": "YWRtaW4=" } });
    expect(problem.reason).to.equal("BAD_KEY");
    expect(JSON.stringify(problem)).not.to.contain("hunter2");
  });

  for (const [field, object] of [
    ["type", { type: 7 }],
    ["immutable", { immutable: "yes" }],
    ["data", { data: ["YWRtaW4="] }],
    ["metadata.labels", { metadata: { ...metadata, labels: { a: true } } }],
    ["metadata.labels", { metadata: { ...metadata, labels: "a=b" } }],
    ["metadata.annotations", { metadata: { ...metadata, annotations: { a: 1 } } }],
  ] as const) {
    it(`marks an object with a malformed ${field} (${JSON.stringify(object)}) as undecodable`, () => {
      const { problem } = bad({ metadata, ...object });
      expect(problem.reason).to.equal("UNDECODABLE");
      expect(problem.message).to.contain(field);
    });
  }

  it("throws only without a namespace and name", () => {
    for (const object of [undefined, null, 7, "x", [], {}, { metadata: {} }, { metadata: { name: "a" } }]) {
      expect(() => decodeSecret(object, DEFAULT_DECODE_OPTIONS))
        .to.throw(SyncError)
        .with.property("kind", "malformed");
    }
  });

  it("keeps a label named __proto__", () => {
    const labels = JSON.parse('{"__proto__": "x"}') as object;
    const credential = good({ metadata: { ...metadata, labels } });
    expect(Object.keys(credential.labels)).to.deep.equal(["__proto__"]);
    expect(Object.getPrototypeOf(credential.labels)).to.equal(Object.prototype);
  });
});
