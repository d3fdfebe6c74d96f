/**
 * A quiet cluster: nothing changes for two minutes. podkey stays FRESH by the bookmarks that the API server sends every
 * 60 s, or by metadata lists if it sends none.
 */
import { expect } from "chai";
import type { SeenFreshness } from "../support/kube/watched-state.ts";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

/** A little more than two bookmarks, with one heartbeat a second. */
const HEARTBEATS = 125;

/** The freshness in the heartbeats of a quiet watch. */
async function freshnessWhileQuiet(server: KubeApiServer): Promise<readonly SeenFreshness[]> {
  const tenant = await KubeTenant.create(server);
  await tenant.put("db", { password: "old" });
  const podkey = await tenant.serve();
  const watched = await podkey.watch();
  const all: SeenFreshness[] = [];
  while (all.length < HEARTBEATS) {
    const seen = watched.messages.length;
    await watched.until("a heartbeat", () => watched.messages.length > seen);
    if (watched.freshness !== undefined) all.push(watched.freshness);
  }
  expect(watched.revision).to.equal(1);
  await podkey.stop();
  return all;
}

function ages(all: readonly SeenFreshness[]): readonly number[] {
  return all.map((freshness) => Number(freshness.age?.seconds));
}

describeKube("podkey serve on a quiet cluster", () => {
  it("stays FRESH by bookmarks, its age a saw tooth of about a minute", async function () {
    this.timeout(240_000);
    const server = await startKubeApiServer();
    const all = await freshnessWhileQuiet(server);
    expect(all.map(({ state }) => state)).to.not.include("STATE_STALE");
    expect(Math.max(...ages(all))).to.be.within(50, 65);
    const drops = ages(all).filter((age, index, list) => age < (list[index - 1] ?? 0));
    expect(drops.length, "bookmarks").to.be.within(2, 3);
    await server.stop();
  });

  it("stays FRESH on an API server that sends no bookmarks, because its etcd sends no progress notifications", async function () {
    this.timeout(240_000);
    const server = await startKubeApiServer({ etcdFlags: [] });
    const all = await freshnessWhileQuiet(server);
    expect(all.map(({ state }) => state)).to.not.include("STATE_STALE");
    expect(Math.max(...ages(all))).to.be.below(90);
    await server.stop();
  });
});
