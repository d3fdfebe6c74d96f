import { expect } from "chai";
import { planScopes } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

describe("list versions", () => {
  let server: FakeApiServer;
  let test: TestClient;

  beforeEach(async () => {
    server = await startFakeApiServer();
    server.putSecret("shop", "a", { password: "hunter2" });
    server.putSecret("shop", "b", { password: "hunter2" });
    test = openTestClient({ url: server.url, ca: server.caPem });
  });

  afterEach(async () => {
    test.client.close();
    await server.kill("fin");
  });

  it("returns names and versions from a list without data", async () => {
    const { values } = await collect(test.upstream().listVersions());
    const [record] = server.requests.all({ metadataOnly: true });
    expect(record?.query.get("resourceVersion")).to.equal(null);
    const [list] = values;
    expect(list?.resourceVersion).to.equal(String(server.store.revision));
    expect([...(list?.versions ?? [])].map(([key]) => key)).to.deep.equal(["shop\0a", "shop\0b"]);
  });

  it("requests only the name of its scope in names mode", async () => {
    const [plan] = planScopes({
      namespaces: [],
      allNamespaces: false,
      names: ["b"],
      selector: "",
      ownNamespace: "shop",
    });
    const { values } = await collect(test.upstream(plan).listVersions());
    expect(plan?.scope.id).to.equal("shop/b");
    expect([...(values[0]?.versions.keys() ?? [])]).to.deep.equal(["shop\0b"]);
  });

  it("rejects a list of whole Secrets", async () => {
    const body = { kind: "SecretList", metadata: { resourceVersion: "1" }, items: [] };
    server.scripts.next({ metadataOnly: true }, { kind: "answer", status: 200, body });
    const { error } = await collect(test.upstream().listVersions());
    expect(error?.kind).to.equal("malformed");
  });
});
