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

describe("scope plan", () => {
  it("watches its own namespace by label by default", () => {
    expect(planScopes(NOTHING)).to.deep.equal([
      {
        scope: { id: "mine", namespace: "mine", name: undefined },
        path: "/api/v1/namespaces/mine/secrets",
        query: { labelSelector: "podkey.dev/serve=true" },
      },
    ]);
  });

  it("plans one scope for each namespace, without duplicates", () => {
    const plans = planScopes({ ...NOTHING, namespaces: ["a", "b", "a"] });
    expect(plans.map(({ scope }) => scope.id)).to.deep.equal(["a", "b"]);
  });

  it("plans one scope for all namespaces", () => {
    const [plan] = planScopes({ ...NOTHING, allNamespaces: true });
    expect(plan?.path).to.equal("/api/v1/secrets");
    expect(plan?.scope).to.deep.equal({ id: "*", namespace: undefined, name: undefined });
  });

  it("sends no label selector if none is configured", () => {
    expect(planScopes({ ...NOTHING, selector: "" })[0]?.query).to.deep.equal({});
  });

  it("plans one scope for each name, with only the field selector that RBAC requires", () => {
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

  it("rejects a name without a namespace if several namespaces are served", () => {
    const several = { ...NOTHING, names: ["db"], namespaces: ["a", "b"] };
    expect(() => planScopes(several)).to.throw(TargetError, /write NAMESPACE\/db/);
    expect(() => planScopes({ ...NOTHING, names: ["db"], allNamespaces: true })).to.throw(TargetError);
  });
});

describe("scope plan: description", () => {
  it("names a namespace, all namespaces, or one Secret", () => {
    const descriptions = [
      ...planScopes(NOTHING),
      ...planScopes({ ...NOTHING, allNamespaces: true }),
      ...planScopes({ ...NOTHING, names: ["db"] }),
    ].map(({ scope }) => describeScope(scope));
    expect(descriptions).to.deep.equal([
      "secrets in namespace mine",
      "secrets in all namespaces",
      "secret mine/db",
    ]);
  });
});
