import { expect } from "chai";
import { take } from "rxjs";
import { diagnose } from "../../../../src/source/kubernetes/diagnose/preflight.ts";
import { planScopes } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import type { ScopePlan } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import type { KubeApiServer } from "../../../support/kube/kube-api-server.ts";
import { readNamed } from "../../../support/kube/kube-objects.ts";
import { KubeTenant } from "../../../support/kube/kube-tenant.ts";
import { describeKube, sharedKubeApiServer } from "../../../support/kube/shared-kube-api-server.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { fixedCredentials, openTestClient } from "./test-client.ts";

const WATCH_LIST = { resourceVersion: "", initialEvents: true, timeoutSeconds: 300 };

describeKube("upstream on a real API server", () => {
  let server: KubeApiServer;
  const clients: TestClient[] = [];

  before(async () => {
    server = await sharedKubeApiServer();
  });

  afterEach(() => {
    for (const { client } of clients.splice(0)) client.close();
  });

  function connect(token: string): TestClient {
    const test = openTestClient({ url: server.url, credentials: fixedCredentials(server.pki.caPem, token) });
    clients.push(test);
    return test;
  }

  function planFor(namespace: string, names: readonly string[] = []): ScopePlan {
    const selector = "podkey.dev/serve=true";
    const [plan] = planScopes({
      namespaces: [namespace],
      allNamespaces: false,
      names,
      selector,
      ownNamespace: "",
    });
    if (plan === undefined) throw new Error("no plan");
    return plan;
  }

  it("reads pages, names and versions, and the same by WatchList", async () => {
    const tenant = await KubeTenant.create(server);
    for (const name of ["a", "b", "c"]) await tenant.put(name, { password: "hunter2" });
    const upstream = connect(tenant.token).upstream(planFor(tenant.namespace), 2);
    const list = await collect(upstream.list({ resourceVersion: "" }));
    const versions = await collect(upstream.listVersions());
    const watch = await collect(upstream.watch(WATCH_LIST).pipe(take(5)));
    expect(list.values.map(({ kind }) => kind)).to.deep.equal(["item", "item", "item", "end"]);
    const listed = list.values.flatMap((signal) =>
      signal.kind === "item" ? [signal.item.resourceVersion] : [],
    );
    expect([...(versions.values[0]?.versions.values() ?? [])]).to.deep.equal(listed);
    expect(watch.values.map(({ kind }) => kind)).to.deep.equal(["open", "put", "put", "put", "bookmark"]);
    expect(
      watch.values.flatMap((signal) => (signal.kind === "put" ? [signal.item.resourceVersion] : [])),
    ).to.deep.equal(listed);
    expect(watch.values.at(-1)).to.include({ kind: "bookmark", initialEventsEnd: true });
  });

  it("lists and watches one name if only that name is allowed", async () => {
    const tenant = await KubeTenant.create(server, [readNamed("db")]);
    await tenant.put("db", { password: "hunter2" });
    const test = connect(tenant.token);
    const upstream = test.upstream(planFor(tenant.namespace, ["db"]));
    expect((await collect(upstream.list({ resourceVersion: "" }))).error).to.equal(undefined);
    expect((await collect(upstream.watch(WATCH_LIST).pipe(take(3)))).values).to.have.length(3);
    expect((await collect(upstream.listVersions())).error).to.equal(undefined);
    const all = await collect(test.upstream(planFor(tenant.namespace)).watch(WATCH_LIST));
    expect(all.error?.kind).to.equal("forbidden");
  });

  it("diagnoses a Role with a wildcard in resourceNames, with the user's name", async () => {
    const tenant = await KubeTenant.create(server, [readNamed("nebula-credentials-*")]);
    const user = `system:serviceaccount:${tenant.namespace}:podkey`;
    const { scope } = planFor(tenant.namespace, ["nebula-credentials-db"]);
    const found = await diagnose(connect(tenant.token).client, scope);
    expect(found.commands).to.deep.equal([
      `kubectl auth can-i list secrets/nebula-credentials-db -n ${tenant.namespace} --as=${user}`,
      `kubectl auth can-i watch secrets/nebula-credentials-db -n ${tenant.namespace} --as=${user}`,
    ]);
    expect(found.wildcardNames).to.deep.equal(["nebula-credentials-*"]);
  });

  it("classifies a bad token, a version of the future and a bad selector", async () => {
    const tenant = await KubeTenant.create(server);
    const bad = await collect(
      connect("garbage").upstream(planFor(tenant.namespace)).list({ resourceVersion: "" }),
    );
    expect(bad.error?.kind).to.equal("unauthorized");
    const upstream = connect(tenant.token).upstream(planFor(tenant.namespace));
    const future = await collect(upstream.list({ resourceVersion: "999999999" }));
    expect([future.error?.kind, future.error?.retryAfterMs]).to.deep.equal(["version-too-large", 1000]);
    const plan = { ...planFor(tenant.namespace), query: { labelSelector: "a==b==c" } };
    const selector = await collect(connect(tenant.token).upstream(plan).list({ resourceVersion: "" }));
    expect(selector.error?.kind).to.equal("configuration");
  });
});
