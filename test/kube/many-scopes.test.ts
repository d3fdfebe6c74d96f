/**
 * Names mode with 100 names, so 100 watches on two connections, through a restart of the API server: they are opened
 * again spread over time, with at most one list each, and clients get no change.
 */
import { expect } from "chai";
import { readNamed } from "../support/kube/kube-objects.ts";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

describeKube("podkey serve --names with 100 names", () => {
  it("survives a restart of kube-apiserver without a change or a revision", async function () {
    this.timeout(180_000);
    const server = await startKubeApiServer();
    const names = Array.from({ length: 100 }, (_, index) => `n${String(index).padStart(2, "0")}`);
    const tenant = await KubeTenant.create(server, [readNamed(...names)]);
    await tenant.putMany(names, (name) => ({ password: name }));
    const podkey = await tenant.serve(["--names", names.join(","), "--api-qps", "100", "--api-burst", "100"]);
    const watched = await podkey.watch();
    expect(watched.credentials.size).to.equal(100);
    const messagesBefore = watched.messages.length;
    await server.restart({ signal: "SIGKILL" });
    // Requests a proof of every scope, which needs a connection.
    await Promise.all(names.map((name) => podkey.client.get({ name, maxAge: { seconds: 1 } })));
    const relisted = podkey.log.filter(({ event }) => event === "sync_relisted").map(({ scope }) => scope);
    expect(new Set(relisted).size, "at most one list for each scope").to.equal(relisted.length);
    expect(new Set(watched.messages.slice(messagesBefore))).to.deep.equal(new Set(["heartbeat"]));
    expect(watched.revision).to.equal(1);
    await tenant.putMany(names, (name) => ({ password: `${name}-new` }));
    await watched.until("every change", () =>
      names.every((name) => watched.text(tenant.key(name), "password") === `${name}-new`),
    );
    expect(watched.revision).to.equal(101);
    await podkey.stop();
    await server.stop();
  });
});
