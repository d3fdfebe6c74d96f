import { expect } from "chai";
import type { Policy } from "../../../../src/core/select/policy.ts";
import { ALLOW_ALL, allowedKeys, couldAllow } from "../../../../src/core/select/policy.ts";
import { parseSelector } from "../../../../src/core/select/selector.ts";
import { credential } from "../../../support/core/credentials.ts";

const policy: Policy = {
  rules: [
    { names: ["db-main"], namespaces: ["shop"], keys: ["username"] },
    { names: ["db-*"], selector: parseSelector("tier=db"), keys: ["password"] },
    { types: ["kubernetes.io/tls"], namespaces: ["shop"] },
  ],
};

describe("couldAllow", () => {
  it("asks names, namespaces and keys only, never what exists", () => {
    expect(couldAllow(policy, { namespace: "shop", name: "db-main", key: "username" })).to.equal(true);
    expect(couldAllow(policy, { namespace: "else", name: "web", key: undefined })).to.equal(false);
  });

  it("lets a rule by type or selector allow every name", () => {
    expect(couldAllow(policy, { namespace: "shop", name: "whatever", key: "tls.key" })).to.equal(true);
  });

  it("denies everything with no rule", () => {
    expect(couldAllow({ rules: [] }, { namespace: "shop", name: "db-main", key: undefined })).to.equal(false);
  });
});

describe("allowedKeys", () => {
  it("joins the keys of every rule that fits", () => {
    const both = allowedKeys(policy, credential("db-main", { labels: { tier: "db" } }));
    expect(both).to.deep.equal(new Set(["username", "password"]));
  });

  it("takes every part of a rule together", () => {
    expect(allowedKeys(policy, credential("db-other"))).to.equal(undefined);
    expect(allowedKeys(policy, credential("db-main", { namespace: "else" }))).to.equal(undefined);
  });

  it("shows all keys where a fitting rule names none", () => {
    expect(allowedKeys(policy, credential("db-main", { type: "kubernetes.io/tls" }))).to.equal("all");
    expect(allowedKeys(ALLOW_ALL, credential("x"))).to.equal("all");
  });
});
