/** `podkey serve` on a real API server without faults. */
import { expect } from "chai";
import type { KubeApiServer } from "../../support/kube/kube-api-server.ts";
import { readNamed } from "../../support/kube/kube-objects.ts";
import { KubeTenant, SERVED } from "../../support/kube/kube-tenant.ts";
import type { PodkeyProcess } from "../../support/kube/podkey-process.ts";
import { describeKube, sharedKubeApiServer } from "../../support/kube/shared-kube-api-server.ts";

describeKube("podkey serve on kube-apiserver", () => {
  let server: KubeApiServer;
  let podkey: PodkeyProcess | undefined;

  before(async () => {
    server = await sharedKubeApiServer();
  });

  afterEach(async () => {
    await podkey?.stop();
    podkey = undefined;
  });

  it("sends an edit, a label removal and a delete on an open Watch within a second", async () => {
    const tenant = await KubeTenant.create(server);
    for (const name of ["edited", "unlabelled", "deleted"]) await tenant.put(name, { password: "old" });
    await tenant.put("hidden", { password: "never" }, { labels: {} });
    podkey = await tenant.serve();
    const watched = await podkey.watch();
    expect([...watched.credentials.keys()]).to.deep.equal(
      ["deleted", "edited", "unlabelled"].map((n) => tenant.key(n)),
    );

    await tenant.put("edited", { password: "new" });
    await watched.untilText(tenant.key("edited"), "password", "new", 1_000);
    await server.objects.patchSecret(tenant.namespace, "unlabelled", {
      metadata: { labels: { "podkey.dev/serve": null } },
    });
    await watched.until("the label removal", () => !watched.credentials.has(tenant.key("unlabelled")), 1_000);
    await server.objects.deleteSecret(tenant.namespace, "deleted");
    await watched.until("the delete", () => !watched.credentials.has(tenant.key("deleted")), 1_000);
    await server.objects.patchSecret(tenant.namespace, "hidden", { metadata: { labels: SERVED } });
    await watched.untilText(tenant.key("hidden"), "password", "never", 1_000);
    expect(watched.freshness?.state).to.equal("STATE_FRESH");
    expect(watched.revision).to.equal(5);
    watched.cancel();
  });

  it("verifies its data for a request with max_age", async () => {
    const tenant = await KubeTenant.create(server);
    await tenant.put("db", { password: "0" });
    podkey = await tenant.serve();
    for (let round = 1; round <= 5; round += 1) {
      await tenant.put("db", { password: String(round) });
      const answer = await podkey.client.get({ name: "db", maxAge: { nanos: 1_000_000 } });
      expect(answer.credential?.data["password"]?.toString()).to.equal(String(round));
      expect(answer.freshness?.state).to.equal("STATE_FRESH");
    }
  });

  it("serves exact names with a Role that allows only them", async () => {
    const tenant = await KubeTenant.create(server, [readNamed("db", "web")]);
    await tenant.put("db", { password: "old" }, { labels: {} });
    await tenant.put("other", { password: "never" });
    podkey = await tenant.serve(["--names", "db,web"]);
    const watched = await podkey.watch();
    expect([...watched.credentials.keys()]).to.deep.equal([tenant.key("db")]);
    await tenant.put("web", { password: "new" }, { labels: {} });
    await watched.untilText(tenant.key("web"), "password", "new");
    watched.cancel();
  });

  it("waits without a Role, reports the missing permission, and serves as soon as it is granted", async function () {
    this.timeout(60_000);
    const tenant = await KubeTenant.create(server, []);
    await tenant.put("db", { password: "old" });
    podkey = await tenant.serve();
    const line = await podkey.untilLogged("kube_forbidden");
    expect(JSON.stringify(line)).to.contain(
      `kubectl auth can-i list secrets -n ${tenant.namespace} --as=system:serviceaccount:${tenant.namespace}:podkey`,
    );
    await tenant.grant();
    const answer = await podkey.client.get({ name: "db" }, { timeoutMs: 45_000 });
    expect(answer.credential?.data["password"]?.toString()).to.equal("old");
    expect(podkey.count("kube_forbidden"), "diagnosed once").to.equal(1);
  });

  it("lists 2,000 Secrets of 4 KB in pages of one revision, in messages of at most 4 MiB", async function () {
    this.timeout(90_000);
    const tenant = await KubeTenant.create(server);
    const names = Array.from({ length: 2_000 }, (_, index) => `s${String(index).padStart(4, "0")}`);
    await tenant.putMany(names, () => ({ value: "x".repeat(4_096) }));
    podkey = await tenant.serve();
    await podkey.untilLogged("app_ready");
    const seen: string[] = [];
    const revisions = new Set<string | undefined>();
    let pageToken = "";
    do {
      // A client with default limits rejects a message over 4 MiB.
      const page = await podkey.client.list({ pageSize: 1_000, view: "VIEW_FULL", pageToken });
      expect(page.totalSize).to.equal(2_000);
      seen.push(...page.credentials.map((credential) => credential.name));
      revisions.add(page.revision?.number);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).to.deep.equal(names);
    expect([...revisions]).to.deep.equal(["1"]);
    const watched = await podkey.watch();
    expect(watched.credentials.size).to.equal(2_000);
    watched.cancel();
  });

  it("exits with 0 within two seconds after SIGTERM, and its streams end with the reason", async () => {
    const tenant = await KubeTenant.create(server);
    podkey = await tenant.serve();
    const watched = await podkey.watch();
    const startedMs = performance.now();
    process.kill(podkey.pid, "SIGTERM");
    expect(await podkey.exited).to.equal(0);
    expect(performance.now() - startedMs).to.be.below(2_000);
    await watched.until("the end of the stream", () => watched.ended !== undefined);
    expect(watched.ended).to.match(/stop|shut|drain/i);
  });
});
