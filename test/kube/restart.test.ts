/**
 * `podkey serve` while its API server restarts: it serves the snapshot all the time, the Watch stays open, no change is
 * lost, and clients get only real changes.
 */
import { expect } from "chai";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import type { PodkeyProcess } from "../support/kube/podkey-process.ts";
import type { WatchedState } from "../support/kube/watched-state.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

describeKube("podkey serve through restarts of kube-apiserver", () => {
  let server: KubeApiServer;
  let tenant: KubeTenant;
  let podkey: PodkeyProcess;
  let watched: WatchedState;

  before(async () => {
    server = await startKubeApiServer();
  });

  after(() => server.stop());

  beforeEach(async () => {
    tenant = await KubeTenant.create(server);
    await tenant.put("db", { password: "old" });
    podkey = await tenant.serve();
    watched = await podkey.watch();
  });

  afterEach(async () => {
    watched.cancel();
    await podkey.stop();
  });

  const ageSeconds = (): number =>
    Number(watched.freshness?.age?.seconds) + Number(watched.freshness?.age?.nanos) / 1e9;

  /** Ages of the next `count` heartbeats. */
  async function agesOfNext(count: number): Promise<readonly number[]> {
    const ages: number[] = [];
    while (ages.length < count) {
      const seen = watched.messages.length;
      await watched.until("a heartbeat", () => watched.messages.length > seen);
      ages.push(ageSeconds());
    }
    return ages;
  }

  it("serves the snapshot with a growing age while the server is down, and continues when it is back", async () => {
    await server.restart({
      signal: "SIGKILL",
      whileDown: async () => {
        const ages = await agesOfNext(3);
        expect(ages).to.deep.equal([...ages].sort((a, b) => a - b));
        const answer = await podkey.client.get({ name: "db" });
        expect(answer.credential?.data["password"]?.toString()).to.equal("old");
      },
    });
    await tenant.put("db", { password: "new" });
    await watched.untilText(tenant.key("db"), "password", "new");
    expect(watched.ended).to.equal(undefined);
    expect(watched.revision).to.equal(2);
    expect(watched.messages.filter((event) => event === "reset")).to.have.length(1);
  });

  it("serves a change within 7 s after the end of a short outage", async () => {
    await server.restart({ signal: "SIGTERM" });
    await tenant.put("db", { password: "new" });
    await watched.untilText(tenant.key("db"), "password", "new", 7_000);
    expect(watched.revision).to.equal(2);
  });

  it("needs at most one list and makes no revision when nothing changed in between (too old version)", async () => {
    // Changes in another namespace advance the version, so that the restarted server's cache starts after ours.
    const other = await KubeTenant.create(server);
    for (let round = 0; round < 5; round += 1) await other.put("noise", { round: String(round) });
    await server.restart({ signal: "SIGKILL" });
    await tenant.put("last", { password: "new" });
    await watched.untilText(tenant.key("last"), "password", "new");
    expect(podkey.count("sync_relisted")).to.be.at.most(1);
    expect(watched.revision).to.equal(2);
  });

  it("finds what was deleted and changed without events, also after a compaction", async () => {
    await tenant.put("gone", { password: "old" });
    await watched.untilText(tenant.key("gone"), "password", "old");
    await server.stopApiServer("SIGKILL");
    // Writing while podkey has no server would need a second server on the same etcd; the gap after the start is enough.
    await server.startApiServer();
    await Promise.all([
      server.objects.deleteSecret(tenant.namespace, "gone"),
      tenant.put("db", { password: "new" }),
    ]);
    await server.compact();
    await watched.untilText(tenant.key("db"), "password", "new");
    await watched.until("gone to go", () => !watched.credentials.has(tenant.key("gone")));
  });
});
