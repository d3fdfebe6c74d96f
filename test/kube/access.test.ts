/**
 * Rights and tokens that change while podkey runs: it keeps serving, reports what is missing, and recovers when access is
 * back.
 */
import { expect } from "chai";
import { writeFileSync } from "node:fs";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { PodkeyProcess } from "../support/kube/podkey-process.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

describeKube("podkey serve: rights and tokens", () => {
  let server: KubeApiServer;

  before(async () => {
    server = await startKubeApiServer();
  });

  after(() => server.stop());

  it("is STALE with FORBIDDEN after its Role was deleted, keeps serving, and is FRESH again after a new grant", async function () {
    this.timeout(240_000);
    const tenant = await KubeTenant.create(server);
    await tenant.put("db", { password: "old" });
    const podkey = await tenant.serve();
    const watched = await podkey.watch();
    await tenant.revoke();
    // A revocation does not end an open watch; the next one is refused.
    await server.restart({ signal: "SIGKILL" });
    await podkey.untilLogged("kube_forbidden");
    await watched.until("STALE", () => watched.freshness?.state === "STATE_STALE", 120_000);
    expect(watched.freshness?.reason).to.equal("FORBIDDEN");
    const answer = await podkey.client.get({ name: "db" });
    expect(answer.credential?.data["password"]?.toString()).to.equal("old");
    await tenant.grant();
    await tenant.put("db", { password: "new" });
    await watched.untilText(tenant.key("db"), "password", "new", 45_000);
    await watched.until("FRESH", () => watched.freshness?.state === "STATE_FRESH", 10_000);
    expect(podkey.count("kube_forbidden"), "diagnosed once").to.equal(1);
    await podkey.stop();
  });

  it("reads its token again after the old one expired, and keeps serving", async function () {
    this.timeout(120_000);
    const tenant = await KubeTenant.create(server);
    await tenant.put("db", { password: "old" });
    const path = server.path(`${tenant.namespace}.token`);
    // The server allows 60 s after the expiry: for it this token has 8 s left.
    writeFileSync(path, server.expireToken(tenant.token, -52));
    const identity = { kind: "token-file", path } as const;
    const kubeconfig = server.writeKubeconfig(`${tenant.namespace}.file.kubeconfig`, identity, {
      namespace: tenant.namespace,
    });
    const podkey = await PodkeyProcess.start(["--kubeconfig", kubeconfig]);
    const watched = await podkey.watch();
    // From here on the server refuses the old token at once: after a restart its token cache is empty.
    writeFileSync(path, server.expireToken(tenant.token, -600));
    await server.restart({ signal: "SIGKILL" });
    await podkey.untilLogged("sync_trouble");
    writeFileSync(path, tenant.token);
    await tenant.put("db", { password: "new" });
    await watched.untilText(tenant.key("db"), "password", "new", 45_000);
    expect(watched.ended).to.equal(undefined);
    await podkey.stop();
  });

  it("keeps an open watch while its token expires", async function () {
    this.timeout(120_000);
    const tenant = await KubeTenant.create(server);
    await tenant.put("db", { password: "old" });
    const kubeconfig = server.writeKubeconfig(
      `${tenant.namespace}.short.kubeconfig`,
      { kind: "token", token: server.expireToken(tenant.token, -50) },
      { namespace: tenant.namespace },
    );
    const podkey = await PodkeyProcess.start(["--kubeconfig", kubeconfig]);
    const watched = await podkey.watch();
    const beats = watched.messages.length + 25;
    await watched.until("25 heartbeats", () => watched.messages.length >= beats);
    await tenant.put("db", { password: "new" });
    await watched.untilText(tenant.key("db"), "password", "new", 2_000);
    await podkey.stop();
  });
});
