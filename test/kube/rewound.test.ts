/**
 * etcd restored from an older state: versions go back, deleted Secrets exist again. The open watch would stay silent
 * indefinitely; podkey detects it and serves the restored state (scenario 47).
 */
import { expect } from "chai";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

describeKube("podkey serve: restore of etcd from a backup", () => {
  it("serves the restored state after at most two minutes, by one revision", async function () {
    this.timeout(240_000);
    const server = await startKubeApiServer();
    const tenant = await KubeTenant.create(server);
    await tenant.put("db", { password: "backed-up" });
    await tenant.put("deleted-later", { password: "old" });
    const saved = await server.saveEtcd();
    await tenant.put("db", { password: "lost" });
    await tenant.put("created-later", { password: "lost" });
    await server.objects.deleteSecret(tenant.namespace, "deleted-later");
    // Enough changes that the versions of the restored etcd stay below ours.
    for (let round = 0; round < 50; round += 1) await tenant.put("noise", { round: String(round) });
    const podkey = await tenant.serve();
    const watched = await podkey.watch();
    const before = watched.revision;
    await server.restoreEtcd(saved);
    await watched.untilText(tenant.key("db"), "password", "backed-up", 150_000);
    expect([...watched.credentials.keys()]).to.deep.equal(
      ["db", "deleted-later"].map((name) => tenant.key(name)),
    );
    expect(watched.revision).to.equal(before + 1);
    await tenant.put("db", { password: "after" });
    await watched.untilText(tenant.key("db"), "password", "after");
    await podkey.stop();
    await server.stop();
  });
});
