/**
 * An API server that is stopped as in a cluster upgrade: with default flags it sends GOAWAY, closes its listener and
 * leaves open watches silent for 60 s. podkey moves to the successor by itself (scenario 54).
 */
import { expect } from "chai";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

describeKube("podkey serve: replacement of kube-apiserver", () => {
  it("serves a change within 2 s after the successor is ready, without any other revision", async function () {
    this.timeout(180_000);
    const server = await startKubeApiServer({ flags: [] });
    const tenant = await KubeTenant.create(server);
    await tenant.put("db", { password: "old" });
    const podkey = await tenant.serve();
    const watched = await podkey.watch();
    const { gone } = await server.succeed();
    const readyAtMs = performance.now();
    await tenant.put("db", { password: "new" });
    await watched.untilText(tenant.key("db"), "password", "new");
    const gapMs = performance.now() - readyAtMs;
    expect(gapMs).to.be.below(2_000);
    await gone;
    await tenant.put("db", { password: "newer" });
    await watched.untilText(tenant.key("db"), "password", "newer");
    expect(watched.revision).to.equal(3);
    expect(watched.ended).to.equal(undefined);
    await podkey.stop();
    await server.stop();
  });
});
