import { expect } from "chai";
import type { Selection } from "../../../../../src/source/kubernetes/watch/scope-plan.ts";
import { describeScope, planScopes } from "../../../../../src/source/kubernetes/watch/scope-plan.ts";
import { TargetError } from "../../../../../src/source/kubernetes/failure/target-error.ts";

const NOTHING: Selection = {
  namespaces: [],
  allNamespaces: false,
  names: [],
  selector: "podkey.dev/serve=true",
  ownNamespace: "mine",
};

describe("planScopes", () => {
  it("watches the own namespace by label when nothing else is said", () => {
    expect(planScopes(NOTHING)).to.deep.equal([
      {
        scope: { id: "mine", namespace: "mine", name: undefined },
        path: "/api/v1/namespaces/mine/secrets",
        query: { labelSelector: "podkey.dev/serve=true" },
      },
    ]);
  });

  it("makes one scope a namespace, without doubles", () => {
    const plans = planScopes({ ...NOTHING, namespaces: ["a", "b", "a"] });
    expect(plans.map(({ scope }) => scope.id)).to.deep.equal(["a", "b"]);
  });

  it("makes one scope of all namespaces", () => {
    const [plan] = planScopes({ ...NOTHING, allNamespaces: true });
    expect(plan?.path).to.equal("/api/v1/secrets");
    expect(plan?.scope).to.deep.equal({ id: "*", namespace: undefined, name: undefined });
  });

  it("sends no label selector when there is none", () => {
    expect(planScopes({ ...NOTHING, selector: "" })[0]?.query).to.deep.equal({});
  });

  it("makes one scope a name, by field selector alone, since RBAC wants it so", () => {
    const plans = planScopes({ ...NOTHING, names: ["db", "other/tls", "mine/db"] });
    expect(plans).to.deep.equal([
      {
        scope: { id: "mine/db", namespace: "mine", name: "db" },
        path: "/api/v1/namespaces/mine/secrets",
        query: { fieldSelector: "metadata.name=db" },
      },
      {
        scope: { id: "other/tls", namespace: "other", name: "tls" },
        path: "/api/v1/namespaces/other/secrets",
        query: { fieldSelector: "metadata.name=tls" },
      },
    ]);
  });

  it("refuses a bare name where several namespaces could be meant", () => {
    const several = { ...NOTHING, names: ["db"], namespaces: ["a", "b"] };
    expect(() => planScopes(several)).to.throw(TargetError, /write NAMESPACE\/db/);
    expect(() => planScopes({ ...NOTHING, names: ["db"], allNamespaces: true })).to.throw(TargetError);
  });
});

describe("describeScope", () => {
  it("speaks of a namespace, of all, and of one Secret", () => {
    const said = [
      ...planScopes(NOTHING),
      ...planScopes({ ...NOTHING, allNamespaces: true }),
      ...planScopes({ ...NOTHING, names: ["db"] }),
    ].map(({ scope }) => describeScope(scope));
    expect(said).to.deep.equal(["secrets in namespace mine", "secrets in all namespaces", "secret mine/db"]);
  });
});
