/**
 * The whole program while its API server goes away and comes back: the snapshot is served all the time, the Watch goes
 * on, nothing is lost and nobody is told of anything that did not change.
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

  /** Ages of the heartbeats from now on, until there are so many. */
  async function agesOfNext(count: number): Promise<readonly number[]> {
    const ages: number[] = [];
    while (ages.length < count) {
      const seen = watched.messages.length;
      await watched.until("a heartbeat", () => watched.messages.length > seen);
      ages.push(ageSeconds());
    }
    return ages;
  }

  it("serves the snapshot with a growing age while the server is killed, and goes on when it is back", async () => {
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

  it("has a change within 7 s of the end of a short outage", async () => {
    await server.restart({ signal: "SIGTERM" });
    await tenant.put("db", { password: "new" });
    await watched.untilText(tenant.key("db"), "password", "new", 7_000);
    expect(watched.revision).to.equal(2);
  });

  it("needs at most one list and makes no revision when nothing changed in between (too old version)", async () => {
    // Another namespace moves the version on, so that the restarted server's cache begins after ours.
    const other = await KubeTenant.create(server);
    for (let round = 0; round < 5; round += 1) await other.put("noise", { round: String(round) });
    await server.restart({ signal: "SIGKILL" });
    await tenant.put("last", { password: "new" });
    await watched.untilText(tenant.key("last"), "password", "new");
    expect(podkey.count("sync_relisted")).to.be.at.most(1);
    expect(watched.revision).to.equal(2);
  });

  it("finds what was deleted and changed behind its back, after a compaction too", async () => {
    await tenant.put("gone", { password: "old" });
    await watched.untilText(tenant.key("gone"), "password", "old");
    await server.stopApiServer("SIGKILL");
    // A second server on the same etcd would be needed to write while podkey sees none; a gap right after the start does.
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
