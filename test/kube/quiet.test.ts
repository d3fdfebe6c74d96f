/**
 * A quiet cluster: nothing changes for two minutes, and podkey still knows that it is current, by the bookmarks that the
 * API server sends every 60 s.
 */
import { expect } from "chai";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { describeKube, sharedKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

/** Two bookmarks and a bit. */
const QUIET_SECONDS = 130;

describeKube("podkey serve on a quiet cluster", () => {
  it("stays FRESH by bookmarks, its age a saw tooth of about a minute", async function () {
    this.timeout(200_000);
    const tenant = await KubeTenant.create(await sharedKubeApiServer());
    await tenant.put("db", { password: "old" });
    const podkey = await tenant.serve();
    const watched = await podkey.watch();
    const ages: number[] = [];
    while (ages.length < QUIET_SECONDS) {
      const seen = watched.messages.length;
      await watched.until("a heartbeat", () => watched.messages.length > seen);
      expect(watched.freshness?.state).to.equal("STATE_FRESH");
      ages.push(Number(watched.freshness?.age?.seconds));
    }
    expect(Math.max(...ages)).to.be.within(50, 65);
    const drops = ages.filter((age, index) => age < (ages[index - 1] ?? 0));
    expect(drops.length, "bookmarks").to.be.within(2, 3);
    expect(watched.revision).to.equal(1);
    expect(podkey.count("sync_trouble")).to.equal(0);
    await podkey.stop();
  });
});
