/** Many and large Secrets, with and without WatchList, in messages that a client with default limits accepts. */
import { expect } from "chai";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { QUICK_STOP } from "../support/kube/kube-api-server.ts";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

const MEBIBYTE = 1024 * 1024;

const SERVERS = {
  "with WatchList": QUICK_STOP,
  "without WatchList": [...QUICK_STOP, "--feature-gates=WatchList=false"],
};

for (const [how, flags] of Object.entries(SERVERS)) {
  describeKube(`podkey serve ${how}`, () => {
    let server: KubeApiServer;

    before(async () => {
      server = await startKubeApiServer({ flags });
    });

    after(() => server.stop());

    it("serves 5,000 Secrets of 5 KB and the change of one", async function () {
      this.timeout(240_000);
      const tenant = await KubeTenant.create(server);
      const names = Array.from({ length: 5_000 }, (_, index) => `s${String(index).padStart(4, "0")}`);
      await tenant.putMany(names, () => ({ value: "x".repeat(5_000) }));
      const podkey = await tenant.serve();
      const ready = await podkey.untilLogged("app_ready");
      expect(ready["credentials"]).to.equal(5_000);
      const watched = await podkey.watch();
      expect(watched.credentials.size).to.equal(5_000);
      await tenant.put("s2500", { value: "new" });
      await watched.untilText(tenant.key("s2500"), "value", "new", 2_000);
      expect(podkey.rssBytes).to.be.below(400 * MEBIBYTE);
      await podkey.stop();
    });

    it("serves 40 Secrets of 1 MiB and their changes one by one", async function () {
      this.timeout(240_000);
      const tenant = await KubeTenant.create(server);
      const names = Array.from({ length: 40 }, (_, index) => `big-${String(index).padStart(2, "0")}`);
      const valueOf = (text: string): Buffer => Buffer.alloc(MEBIBYTE, text);
      await tenant.putMany(names, (name) => ({ value: valueOf(name) }));
      const podkey = await tenant.serve();
      const watched = await podkey.watch();
      for (const name of names)
        expect(watched.credentials.get(tenant.key(name))?.data["value"]?.equals(valueOf(name))).to.equal(
          true,
        );
      for (const name of names.slice(0, 5)) {
        await tenant.put(name, { value: valueOf("new") });
        await watched.until(
          `the new ${name}`,
          () => watched.credentials.get(tenant.key(name))?.data["value"]?.equals(valueOf("new")) === true,
        );
      }
      await podkey.stop();
    });
  });
}
