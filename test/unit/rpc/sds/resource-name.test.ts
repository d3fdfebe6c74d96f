import { expect } from "chai";
import { PodkeyError } from "../../../../src/core/errors/errors.ts";
import { readResource } from "../../../../src/rpc/sds/resource-name.ts";
import { REAL_TIME } from "../../../support/rpc/rpc-lab.ts";
import { MemoryView } from "../../../support/rpc/memory-view.ts";

function view(policy = { rules: [{}] as object[] }): MemoryView {
  return new MemoryView({ clock: REAL_TIME, policy });
}

function reasonOf(text: string, of = view()): string {
  try {
    readResource(text, of);
    return "none";
  } catch (error) {
    return error instanceof PodkeyError ? error.reason : String(error);
  }
}

describe("sds: resource names", () => {
  const names: readonly (readonly [string, string, string | undefined])[] = [
    ["web", "shop\0web", undefined],
    ["other/web", "other\0web", undefined],
    ["web:ca.crt", "shop\0web", "ca.crt"],
    ["other/web:ca.crt", "other\0web", "ca.crt"],
  ];
  for (const [text, key, authorityKey] of names)
    it(`reads ${text}`, () => {
      expect(readResource(text, view())).to.deep.equal({ text, key, authorityKey });
    });

  for (const text of ["", "/web", "shop/", "Web", "web:", "web:a/b", "a/b/c", "web:ca crt"])
    it(`refuses ${JSON.stringify(text)}`, () => expect(reasonOf(text)).to.equal("BAD_NAME"));

  it("requires a namespace where several are served", () => {
    const several = view();
    several.onlyNamespace = undefined;
    expect(reasonOf("web", several)).to.equal("NAMESPACE_REQUIRED");
  });

  it("refuses names and keys that the policy can never allow", () => {
    const narrow = view({ rules: [{ names: ["web"], keys: ["ca.crt"] }] });
    expect(reasonOf("other:ca.crt", narrow)).to.equal("POLICY_DENIED");
    expect(reasonOf("web", narrow)).to.equal("POLICY_DENIED");
    expect(reasonOf("web:ca.crt", narrow)).to.equal("none");
  });
});
