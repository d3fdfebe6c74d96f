import { expect } from "chai";
import { parse } from "yaml";
import {
  answerDocument,
  credentialDocument,
  listDocument,
} from "../../../../src/cli/show/credential-document.ts";
import { jsonText, yamlText } from "../../../../src/cli/show/print-document.ts";
import { wireCredential, wireFreshness, wireTime } from "../../../support/client/wire.ts";

describe("output: JSON and YAML of a credential", () => {
  it("has the shape of a Secret, with base64 values only with --show-values", () => {
    const credential = wireCredential("db-main", {
      createTime: wireTime(Date.UTC(2026, 0, 1)),
      labels: { a: "1" },
    });
    const shown = credentialDocument(credential, true);
    expect(JSON.parse(jsonText(shown))).to.deep.equal({
      apiVersion: "podkey.dev/v1",
      kind: "Credential",
      metadata: {
        namespace: "shop",
        name: "db-main",
        uid: "uid-db-main",
        resourceVersion: "1",
        creationTimestamp: "2026-01-01T00:00:00Z",
        labels: { a: "1" },
      },
      type: "Opaque",
      data: { password: "Y2FuYXJ5" },
      keys: [{ name: "password", sizeBytes: 6 }],
      status: { revision: 1 },
    });
    expect(jsonText(credentialDocument(credential, false))).not.to.match(/canary|Y2FuYXJ5|"data"/);
  });

  it("prints long base64 on one line of YAML", async () => {
    const value = Buffer.alloc(300, "x");
    const text = await yamlText(credentialDocument(wireCredential("a", { data: { password: value } }), true));
    expect(text).to.contain(`password: ${value.toString("base64")}\n`);
    expect(text).not.to.contain("undefined");
  });
});

describe("output: JSON of a list", () => {
  it("has items, revision and freshness", () => {
    const answer = answerDocument({ epoch: "e", number: "7" }, wireFreshness());
    const document = JSON.parse(jsonText(listDocument([wireCredential("a")], answer, false))) as object;
    expect(document).to.deep.include({
      kind: "CredentialList",
      revision: { epoch: "e", number: 7 },
      freshness: {
        state: "FRESH",
        asOf: "2026-01-02T00:00:00Z",
        ageSeconds: 2,
        contactTime: "2026-01-02T00:00:00Z",
      },
    });
    expect(document).to.have.property("items").with.length(1);
  });
});

describe("output: control characters in labels", () => {
  const evil = "a\u001b[31m\u007f\u0085\u009b\u2028\u202e\u{e0001}\nb";
  const document = credentialDocument(
    wireCredential("a", { type: evil, annotations: { note: evil } }),
    false,
  );

  it("are escapes in JSON, and the same text for a parser", () => {
    const text = jsonText(document);
    expect(text.replaceAll("\n", "")).not.to.match(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(JSON.parse(text)).to.have.nested.property("metadata.annotations.note", evil);
  });

  it("are escapes in YAML, and the same text for a parser", async () => {
    const text = await yamlText(document);
    expect(text.replaceAll("\n", "")).not.to.match(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(parse(text)).to.have.nested.property("metadata.annotations.note", evil);
    expect(parse(text)).to.have.property("type", evil);
  });
});
