import { expect } from "chai";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import { parseSelector } from "../../../../src/core/select/selector.ts";
import type { Undecodable } from "../../../../src/core/snapshot/sync-event.ts";
import { isUndecodable } from "../../../../src/core/snapshot/sync-event.ts";
import type { ManifestSelection } from "../../../../src/source/manifests/manifest-file.ts";
import { readManifest } from "../../../support/manifests/read-manifest.ts";

/** One text for each credential: `line ns/name key=value…` or `line ns/name REASON message`. */
function summary(text: string | Uint8Array, selection: Partial<ManifestSelection> = {}): readonly string[] {
  const file = readManifest(text, selection);
  if ("fault" in file) return [`${String(file.fault.line)}: ${file.fault.why}`];
  return file.items.map(
    ({ item, line }) => `${String(line)} ${item.namespace}/${item.name} ${content(item)}`,
  );
}

function content(item: Credential | Undecodable): string {
  if (isUndecodable(item)) return `${item.problem.reason} ${item.problem.message}`;
  return [...item.data].map(([key, value]) => `${key}=${Buffer.from(value.reveal()).toString()}`).join(" ");
}

const HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";

describe("manifests: a file", () => {
  it("reads data and stringData, and stringData overrides data", () => {
    const text = `${HEAD}data: {a: YQ==, b: Yg==}\nstringData: {b: text, c: "ü"}\n`;
    expect(summary(text)).to.deep.equal(["3 default/a a=a b=text c=ü"]);
  });

  it("keeps uid, times, labels and type as written, and drops the resourceVersion", () => {
    const metadata = `metadata: {name: a, namespace: ns, uid: u, resourceVersion: "9", creationTimestamp: "2026-01-01T00:00:00Z", labels: {l: "1"}}`;
    const file = readManifest(
      `apiVersion: v1\nkind: Secret\n${metadata}\ntype: example.io/x\nimmutable: true\n`,
    );
    expect("items" in file ? file.items[0]?.item : undefined).to.deep.include({
      namespace: "ns",
      uid: "u",
      resourceVersion: "",
      createTimeMs: Date.UTC(2026, 0, 1),
      labels: { l: "1" },
      type: "example.io/x",
      immutable: true,
    });
  });

  it("reads several documents, Lists and JSON with tabs, and skips other kinds and empty documents", () => {
    const text = [
      "# a comment only",
      "---",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: not base64}",
      "---",
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: one}\n- {kind: Pod}",
      "---",
      '{"apiVersion": "v1",\n\t"kind": "Secret",\n\t"metadata": {"name": "two"}}',
      "---",
      "apiVersion: v1\nkind: SecretList\nitems: []",
      "---",
    ].join("\n");
    expect(summary(text)).to.deep.equal(["13 default/one ", "18 default/two "]);
  });

  it("reads no credential from a file that is empty or has only comments", () => {
    for (const text of ["", "\n", "# nothing\n", "---\n---\n", "\uFEFF"])
      expect(summary(text), text).to.deep.equal([]);
  });

  it("skips line breaks inside base64, as the API server does", () => {
    expect(summary(`${HEAD}data:\n  a: |\n    aGVs\n    bG8=\n`)).to.deep.equal(["3 default/a a=hello"]);
  });

  it("reads keys that YAML types as numbers or booleans as kubectl writes them", () => {
    expect(summary(`${HEAD}data: {1: YQ==, yes: Yg==}\n`)).to.deep.equal(["3 default/a 1=a true=b"]);
  });

  it("follows merge keys and anchors", () => {
    expect(summary(`${HEAD}stringData:\n  a: &v hi\n  b: *v\n`)).to.deep.equal(["3 default/a a=hi b=hi"]);
    const [first, second] = ["x-base: &base {a: 1}", "---"];
    expect(summary(`kind: X\n${first}\n${second}\n${HEAD}`)).to.deep.equal(["6 default/a "]);
  });

  const faults: readonly [string, string, string][] = [
    ["a tab", "kind: Secret\nmetadata:\n\tname: a", "3: a tab is used for indentation; use spaces"],
    [
      "a colon too many",
      `${HEAD}stringData:\n  a: hunter2: x`,
      "5: the indentation is wrong, or a text with a colon and a space needs quotes",
    ],
    ["a key twice", `${HEAD}data: {}\ndata: {}`, "5: a key appears twice in one mapping"],
    [
      "an unknown escape",
      `${HEAD}stringData:\n  a: "\\h"`,
      "5: a double-quoted string contains an unknown escape; use single quotes",
    ],
    ["an open bracket", "{", "1: a comma or a closing bracket is missing"],
    ["an alias to nothing", `${HEAD}stringData: {a: *hunter2}`, "4: an alias has no anchor before it"],
    ["plain text", "hunter2", "1: a document is not a Kubernetes object"],
    ["no kind", "metadata: {name: a}\nstringData: {a: b}", "1: kind is missing; write kind: Secret"],
    ["no apiVersion", "kind: Secret\nmetadata: {name: a}", "1: apiVersion is missing; write apiVersion: v1"],
    [
      "no name",
      "apiVersion: v1\nkind: Secret\nmetadata:\n  generateName: a-",
      "3: metadata.name is missing or not a valid DNS subdomain",
    ],
    [
      "a bad name",
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: A_b",
      "4: metadata.name is missing or not a valid DNS subdomain",
    ],
    [
      "a bad namespace",
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  namespace: a.b",
      "5: metadata.namespace is not a valid DNS label",
    ],
    ["items that are not a list", "apiVersion: v1\nkind: List\nitems: {}", "1: a List has no items"],
    [
      "an item that is not an object",
      "apiVersion: v1\nkind: List\nitems:\n- 1",
      "3: an item of a List is not a Kubernetes object",
    ],
  ];
  for (const [what, text, expected] of faults) {
    it(`reports line and reason for ${what}`, () => {
      expect(summary(text)).to.deep.equal([expected]);
    });
  }

  it("refuses bytes that are not UTF-8", () => {
    expect(summary(Uint8Array.of(0x61, 0xff))).to.deep.equal([
      "1: the file is neither UTF-8 nor UTF-16 with a byte order mark",
    ]);
  });

  it("does not expand aliases", () => {
    const lines = Array.from(
      { length: 30 },
      (_, n) => `a${String(n + 1)}: &a${String(n + 1)} [${`*a${String(n)},`.repeat(9)}]`,
    );
    expect(summary(`kind: X\na0: &a0 [x]\n${lines.join("\n")}\n---\n${HEAD}`)).to.have.length(1);
  });

  it("refuses a value that aliases repeat beyond the size of a file", () => {
    const aliases = Array.from({ length: 50 }, (_, n) => `  k${String(n)}: *x`).join("\n");
    const text = `${HEAD}stringData:\n  k: &x ${"x".repeat(100_000)}\n${aliases}\n`;
    expect(summary(text)).to.deep.equal([
      "46 default/a UNDECODABLE dir/x.yaml:46: aliases repeat values beyond 4 MiB",
    ]);
  });

  it("refuses merges that copy more than 10,000 keys", () => {
    const base = Array.from({ length: 200 }, (_, n) => `k${String(n)}: v`).join(", ");
    const merges = `  <<: [${"*b,".repeat(60)}]\n`;
    expect(summary(`x: &b {${base}}\ny:\n${merges}`)).to.deep.equal([
      "3: merges (<<) copy more than 10000 keys",
    ]);
  });

  const mistakes: readonly [string, string, string][] = [
    [
      "a number",
      "stringData:\n  port: 5432",
      "UNDECODABLE dir/x.yaml:5: a value of stringData is not a string; quote it",
    ],
    [
      "yes",
      "stringData:\n  on: yes",
      "UNDECODABLE dir/x.yaml:5: a value of stringData is not a string; quote it",
    ],
    [
      "a number in data",
      "data:\n  port: 5432",
      "UNDECODABLE dir/x.yaml:5: a value of data is not a string; quote it",
    ],
    [
      "plain text in data",
      "data:\n  a: hunter2!",
      "BAD_BASE64 dir/x.yaml:5: The value of key a is not padded standard base64.",
    ],
    ["a list for data", "data: [a]", "UNDECODABLE dir/x.yaml:4: data is not a mapping of names to strings"],
    [
      "a field that a Secret does not have",
      "stringdata:\n  a: b",
      "UNDECODABLE dir/x.yaml:4: a Secret does not have this field; check its spelling and indentation",
    ],
  ];
  for (const [what, body, expected] of mistakes) {
    it(`reports a mistake only for its own Secret: ${what}`, () => {
      const [line, ...rest] = summary(`${HEAD}${body}\n---\n${HEAD.replace("name: a", "name: other")}`);
      expect(line?.replace(/^\d+ default\/a /, "")).to.equal(expected);
      expect(rest).to.have.length(1);
    });
  }

  it("serves only the configured namespaces, and the first is the default", () => {
    const text = `${HEAD}---\n${HEAD.replace("name: a", "name: b, namespace: other")}`;
    expect(summary(text, { namespaces: ["shop", "third"] })).to.deep.equal(["3 shop/a "]);
    expect(summary(text, { namespaces: ["shop", "other"] })).to.have.length(2);
  });

  it("serves only the Secrets that the selector matches", () => {
    const text = `${HEAD}---\n${HEAD.replace("name: a", 'name: b, labels: {serve: "true"}')}`;
    expect(summary(text, { selector: parseSelector("serve=true") })).to.deep.equal(["7 default/b "]);
  });

  it("never quotes text of the file in a message", () => {
    const canary = "cAnArY";
    for (const text of [
      canary,
      `${HEAD}data: {a: "${canary}"}`,
      `${HEAD}data: {"${canary} ": YQ==}`,
      `${HEAD}${canary}: 1`,
      `${HEAD}stringData: {a: *${canary}}`,
      `${HEAD}stringData: {a: "\\${canary}"}`,
      `${HEAD}stringData: {a: ${canary}: b}`,
      `${HEAD}? {${canary}: b}\n: c`,
      `!<${canary}> ${HEAD}`,
      `%${canary}\n---\n${HEAD}data: 1`,
    ]) {
      expect(JSON.stringify(readManifest(text)), text).not.to.contain(canary);
    }
  });
});
