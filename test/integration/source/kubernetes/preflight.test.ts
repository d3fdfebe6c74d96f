import { expect } from "chai";
import { diagnose } from "../../../../src/source/kubernetes/diagnose/preflight.ts";
import { planScopes } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import type { Scope } from "../../../../src/core/snapshot/sync-event.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

const USER = "system:serviceaccount:shop:podkey";

describe("preflight", () => {
  let server: FakeApiServer;
  let test: TestClient;

  beforeEach(async () => {
    server = await startFakeApiServer();
    server.access.setTokens({ token: USER });
    // The fake API server supports only access and rules reviews.
    const body = { kind: "SelfSubjectReview", status: { userInfo: { username: USER } } };
    server.scripts.next({ path: /selfsubjectreviews$/ }, { kind: "answer", status: 201, body });
    test = openTestClient({ url: server.url, ca: server.caPem });
  });

  afterEach(async () => {
    test.client.close();
    await server.kill("fin");
  });

  function scopeOf(names: readonly string[] = []): Scope {
    const [plan] = planScopes({
      namespaces: [],
      allNamespaces: false,
      names,
      selector: "",
      ownNamespace: "shop",
    });
    if (plan === undefined) throw new Error("no scope");
    return plan.scope;
  }

  it("names the user, the missing verbs and the kubectl command", async () => {
    server.access.setRules([{ verbs: ["get", "list"], resources: ["secrets"], namespaces: ["shop"] }]);
    const found = await diagnose(test.client, scopeOf());
    expect(found.missing).to.deep.equal(["watch"]);
    expect(found.commands).to.deep.equal([`kubectl auth can-i watch secrets -n shop --as=${USER}`]);
    expect(found.sentence).to.contain(`${USER} may not watch secrets in namespace shop`);
  });

  it("finds a wildcard in resourceNames, which RBAC takes literally (scenario 33)", async () => {
    const resourceNames = ["nebula-credentials-*"];
    server.access.setRules([{ verbs: ["*"], resources: ["secrets"], namespaces: ["shop"], resourceNames }]);
    const found = await diagnose(test.client, scopeOf(["nebula-credentials-db"]));
    expect(found.missing).to.deep.equal(["list", "watch"]);
    expect(found.commands[0]).to.equal(
      `kubectl auth can-i list secrets/nebula-credentials-db -n shop --as=${USER}`,
    );
    expect(found.wildcardNames).to.deep.equal(resourceNames);
    expect(found.sentence).to.contain("RBAC does not support wildcards");
  });

  it("finds nothing missing if exact names are allowed", async () => {
    server.access.setRules([
      {
        verbs: ["get", "list", "watch"],
        resources: ["secrets"],
        namespaces: ["shop"],
        resourceNames: ["db"],
      },
    ]);
    const found = await diagnose(test.client, scopeOf(["db"]));
    expect([found.missing, found.commands]).to.deep.equal([[], []]);
  });
});
