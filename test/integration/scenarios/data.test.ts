/** Correct and wrong answers of the server about objects (scenarios 18 to 23, 27, 28, 37, 44, 45, 47, 50 of test/support/scenarios.ts). */
import { expect } from "chai";
import { failure } from "../../support/fake-api-server/status.ts";
import { labs, PROTOCOLS } from "./lab-hooks.ts";
import type { WireLab } from "./wire-lab.ts";

const EXPIRED = failure({ message: "too old", reason: "Expired", code: 410 });

/** A line of a watch about Secret `a`. */
function lineOf(lab: WireLab, type: string, version: string, text: string): string {
  const known = lab.server.store.get("secrets", "shop", "a");
  const metadata = { ...known?.metadata, resourceVersion: version };
  const data = { k: Buffer.from(text).toString("base64") };
  return JSON.stringify({
    type,
    object: { kind: "Secret", apiVersion: "v1", metadata, data, type: "Opaque" },
  });
}

for (const { protocol, title } of PROTOCOLS) {
  describe(`objects over ${title}`, () => {
    const open = labs();

    async function live(more: Parameters<typeof open>[0] = {}): Promise<WireLab> {
      const lab = open({ protocols: [protocol], ...more });
      lab.put("a", "1");
      await lab.live();
      return lab;
    }

    it("scenario 18: drops a list that is older than what is known, and asks again", async () => {
      const lab = await live();
      lab.put("a", "2");
      await lab.untilText("a", "2");
      const old = { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] };
      lab.server.scripts.next({ verb: "list" }, { kind: "answer", status: 200, body: old });
      (await lab.server.watch()).error(EXPIRED);
      await lab.until("the second list", () => lab.countOf("relist expired") === 1);
      expect(lab.text("a")).to.equal("2");
      expect(lab.revision).to.equal(2);
    });

    it("scenario 19: drops an older version of a known object, scenario 20: and a duplicate", async () => {
      const lab = await live();
      lab.put("a", "2");
      await lab.untilText("a", "2");
      const watch = await lab.server.watch();
      watch.line(lineOf(lab, "MODIFIED", "2", "old"));
      watch.line(lineOf(lab, "MODIFIED", "3", "again"));
      lab.put("b", "1");
      await lab.untilText("b", "1");
      expect(lab.text("a")).to.equal("2");
      expect(lab.counted).to.deep.equal(["dropped stale", "dropped duplicate"]);
      expect(lab.revision).to.equal(3);
    });

    it("scenario 21: finds at the list what was deleted while nobody watched", async () => {
      const lab = await live();
      lab.put("b", "1");
      await lab.untilText("b", "1");
      await lab.server.kill();
      lab.server.store.delete("secrets", "shop", "b");
      await lab.server.restart("drop");
      await lab.until("the removal", () => lab.names === "a");
      expect(lab.changes.at(-1)?.removed.map(({ credential }) => credential.name)).to.deep.equal(["b"]);
    });

    it("scenario 22: takes a recreate as one new object, and ignores the late delete of the old", async () => {
      const lab = await live();
      const uid = lab.find("a")?.uid;
      const late = lineOf(lab, "DELETED", "5", "1");
      await lab.server.kill();
      lab.server.store.delete("secrets", "shop", "a");
      lab.put("a", "2");
      await lab.server.start();
      await lab.untilText("a", "2");
      expect(lab.find("a")?.uid).to.not.equal(uid);
      (await lab.server.watch()).line(late);
      lab.put("b", "1");
      await lab.untilText("b", "1");
      expect(lab.names).to.equal("a b");
      expect(lab.text("a")).to.equal("2");
    });

    it("scenario 23: removes a Secret whose label is gone, at the version of that write", async () => {
      const lab = await live();
      const next = lab.server.nextWatch();
      lab.server.store.update("secrets", "shop", "a", { labels: {} });
      await lab.until("the removal", () => lab.names === "");
      (await lab.server.watch()).end();
      expect((await next).record.query.get("resourceVersion")).to.equal("3");
      lab.put("a", "1");
      await lab.untilText("a", "1");
    });

    it("scenario 37: confirms a list that empties everything before it applies it", async () => {
      const lab = await live();
      const list = { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: "9" }, items: [] };
      lab.server.scripts.next({ verb: "list" }, { kind: "answer", status: 200, body: list });
      (await lab.server.watch()).error(EXPIRED);
      await lab.until("the second list", () => lab.countOf("relist expired") === 1);
      expect(lab.names).to.equal("a");
      expect(lab.revision).to.equal(1);
      await lab.server.kill();
      lab.server.store.delete("secrets", "shop", "a");
      await lab.server.restart("drop");
      await lab.until("the removal", () => lab.names === "");
      expect(lab.revision).to.equal(2);
    });
  });
}

describe("objects on the wire", () => {
  const open = labs();

  async function live(more: Parameters<typeof open>[0] = {}): Promise<WireLab> {
    const lab = open(more);
    lab.put("a", "1");
    await lab.live();
    return lab;
  }

  it("scenario 27: takes 40 Secrets of 1 MiB as one revision", async () => {
    const lab = open();
    const value = "x".repeat(1024 * 1024);
    for (let i = 0; i < 40; i += 1) lab.put(`big-${String(i).padStart(2, "0")}`, value);
    await lab.start();
    const sizes = new Set<number>();
    await lab.until("the first sync", () => {
      sizes.add(lab.names.split(" ").filter((name) => name !== "").length);
      return lab.store.isSynced;
    });
    expect([...sizes]).to.deep.equal([0, 40]);
    expect(lab.text("big-39")).to.equal(value);
    lab.server.putSecret("shop", "big-00", { k: `y${value.slice(1)}` });
    await lab.until("the change", () => lab.revision === 2);
  });

  it("scenario 28: keeps the last good content of a Secret that cannot be decoded, and takes no data as empty", async () => {
    const lab = await live();
    const bad = { labels: { "podkey.dev/serve": "true" }, data: { k: "%%%" } };
    lab.server.store.put("secrets", { namespace: "shop", name: "a", ...bad });
    lab.server.store.put("secrets", { namespace: "shop", name: "never", ...bad });
    lab.server.store.put("secrets", { namespace: "shop", name: "null", ...bad, data: null });
    await lab.until("the empty one", () => lab.find("null") !== undefined);
    expect(lab.names).to.equal("a null");
    expect(lab.text("a")).to.equal("1");
    expect(lab.find("a")?.problems[0]?.contentOutdated).to.equal(true);
    expect(lab.find("null")?.data.size).to.equal(0);
    lab.put("a", "3");
    await lab.untilText("a", "3");
    expect(lab.find("a")?.problems).to.deep.equal([]);
  });

  it("scenario 44: finds by names and versions what the watch cache lost, in one round, and counts it", async () => {
    const lab = await live({ antiEntropyMs: 20_000 });
    lab.put("b", "1");
    await lab.untilText("b", "1");
    lab.server.store.silently(() => lab.server.store.delete("secrets", "shop", "b"));
    await lab.until("the repair", () => lab.names === "a");
    expect(lab.countOf("divergence")).to.equal(1);
    expect(lab.countOf("relist anti_entropy")).to.equal(1);
    expect(lab.server.requests.all({ metadataOnly: true }).every(({ status }) => status === 200)).to.equal(
      true,
    );
  });

  it("scenario 45: keeps managedFields and last-applied-configuration out of store and log, faults included", async () => {
    const lab = open();
    const canary = "canary-45";
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": `{"data":{"k":"${canary}"}}` };
    const managedFields = [{ manager: canary }];
    lab.server.putSecret("shop", "a", { k: canary }, { annotations, managedFields });
    await lab.live();
    (await lab.server.watch()).bytes(Buffer.from(`{"type":"${canary}","object":{"k":"${canary}\n`));
    lab.server.scripts.next({ verb: "list" }, { kind: "answer", status: 500, body: `boom ${canary}` });
    await lab.until("a list", () => lab.countOf("relist malformed") === 1);
    const credential = lab.find("a");
    expect(JSON.stringify({ ...credential, data: [...(credential?.data ?? [])] })).to.not.include(canary);
    expect(JSON.stringify(lab.logged)).to.not.include(canary);
    expect(lab.text("a")).to.equal(canary);
  });

  it("scenario 47: finds a restored etcd by itself and goes back with it, in one revision", async function () {
    this.timeout(10_000);
    const lab = await live();
    lab.put("a", "2");
    await lab.untilText("a", "2");
    await lab.server.rewind(2);
    await lab.untilText("a", "1");
    expect(lab.countOf("relist rewound")).to.equal(1);
    expect(lab.revision).to.equal(3);
    lab.put("a", "after");
    await lab.untilText("a", "after");
  });

  it("scenario 50: keeps the last good snapshot beyond the limits, STALE LIMIT, and goes on under them", async () => {
    const lab = await live({ limits: { maxCredentials: 2, maxBytes: 1_000 } });
    lab.put("b", "1");
    await lab.untilText("b", "1");
    lab.put("c", "1");
    await lab.until("LIMIT", () => lab.freshness().reason === "LIMIT");
    expect(lab.names).to.equal("a b");
    lab.server.store.delete("secrets", "shop", "a");
    await lab.until("fitting again", () => lab.freshness().state === "FRESH");
    expect(lab.names).to.equal("b c");
    expect(lab.logged.filter(({ event }) => event === "store_over_limits")).to.have.length(1);
  });
});
