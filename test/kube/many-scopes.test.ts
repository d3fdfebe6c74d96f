/**
 * Names mode with 100 names, which is 100 watches on two connections, through a restart of the API server: they come
 * back spread over time, with at most one list each, and nobody is told of it.
 */
import { expect } from "chai";
import { readNamed } from "../support/kube/kube-objects.ts";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

describeKube("podkey serve --names with 100 names", () => {
  it("comes through a restart of kube-apiserver without an event or a revision", async function () {
    this.timeout(180_000);
    const server = await startKubeApiServer();
    const names = Array.from({ length: 100 }, (_, index) => `n${String(index).padStart(2, "0")}`);
    const tenant = await KubeTenant.create(server, [readNamed(...names)]);
    await tenant.putMany(names, (name) => ({ password: name }));
    const podkey = await tenant.serve(["--names", names.join(","), "--api-qps", "100", "--api-burst", "100"]);
    const watched = await podkey.watch();
    expect(watched.credentials.size).to.equal(100);
    await server.restart({ signal: "SIGKILL" });
    await tenant.putMany(names, (name) => ({ password: `${name}-new` }));
    await watched.until("every change", () =>
      names.every((name) => watched.text(tenant.key(name), "password") === `${name}-new`),
    );
    expect(watched.revision).to.equal(101);
    expect(podkey.count("sync_relisted")).to.be.at.most(100);
    await podkey.stop();
    await server.stop();
  });
});
