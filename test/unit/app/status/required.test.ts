// --require against a snapshot.
import { expect } from "chai";
import { missingRequirements } from "../../../../src/app/status/required.ts";
import { bindPolicy } from "../../../../src/app/open/bind-policy.ts";
import { listCodec } from "../../../../src/config/value/codec.ts";
import type { Requirement } from "../../../../src/config/value/names.ts";
import { requirementCodec } from "../../../../src/config/value/names.ts";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import type { Snapshot } from "../../../../src/core/snapshot/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../../../src/core/snapshot/snapshot.ts";
import type { ScopeId } from "../../../../src/core/snapshot/sync-event.ts";
import { credential } from "../../../support/core/credentials.ts";

const LIMITS = { maxCredentials: 100, maxBytes: 1_000_000 };

function snapshotOf(
  ...credentials: readonly { readonly namespace: string; readonly name: string; readonly type: string }[]
): Snapshot {
  const scope = "s" as ScopeId;
  let snapshot = applyEvent(
    EMPTY_SNAPSHOT,
    { kind: "reset-begin", scope, cause: "initial" },
    LIMITS,
  ).snapshot;
  for (const { name, ...fields } of credentials) {
    const item = credential(name, fields);
    snapshot = applyEvent(snapshot, { kind: "reset-item", scope, item }, LIMITS).snapshot;
  }
  return applyEvent(snapshot, { kind: "reset-end", scope, resourceVersion: "1", rewound: false }, LIMITS)
    .snapshot;
}

function missing(text: string, snapshot: Snapshot): readonly string[] {
  const parsed = listCodec(requirementCodec).parse(text);
  const requirements: readonly Requirement[] = parsed.ok ? parsed.value : [];
  return missingRequirements(requirements, snapshot);
}

const db = { namespace: "shop", name: "db-main", type: "Opaque" };
const tls = { namespace: "web", name: "cert", type: "kubernetes.io/tls" };

describe("required credentials", () => {
  it("returns unmatched entries as the user wrote them", () => {
    expect(missing("db-*,api,type:kubernetes.io/tls", snapshotOf(db))).to.deep.equal([
      "api",
      "type:kubernetes.io/tls",
    ]);
  });

  it("compares namespaces exactly", () => {
    expect(missing("web/db-main,shop/db-main", snapshotOf(db, tls))).to.deep.equal(["web/db-main"]);
  });

  it("needs only one match", () => {
    expect(missing("*,type:kubernetes.io/tls", snapshotOf(db, tls))).to.deep.equal([]);
  });
});

describe("policy without namespaces", () => {
  it("applies to the only served namespace", () => {
    const policy = { rules: [{ names: ["a"] }, { names: ["b"], namespaces: ["other"] }] };
    expect(bindPolicy(policy, { kind: "fixed", only: "shop" }).rules).to.deep.equal([
      { names: ["a"], namespaces: ["shop"] },
      { names: ["b"], namespaces: ["other"] },
    ]);
  });

  it("does not change the rule of the default consumer", () => {
    expect(bindPolicy({ rules: [{}] }, { kind: "fixed", only: "shop" }).rules).to.deep.equal([{}]);
  });
});
