/**
 * After the first sync: each change of content is one revision of one credential, and nothing else is a revision.
 */
import { expect } from "chai";
import { credentialKey } from "../../../../src/core/credential/credential.ts";
import type { ContractCase } from "../world.ts";
import { SERVED } from "../world.ts";

/** See the file comment. */
export const CHANGES: readonly ContractCase[] = [
  {
    it: "shows a new Secret",
    async play({ put, start, namespace }) {
      const observed = await start();
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
    },
  },
  {
    it: "shows a changed value",
    async play({ put, start, namespace }) {
      await put("db", { data: { password: "old" } });
      const observed = await start();
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
    },
  },
  {
    it: "changes one key and keeps the others",
    async play({ put, start, namespace }) {
      await put("db", { data: { username: "root", password: "old" } });
      const observed = await start();
      await put("db", { data: { username: "root", password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
      expect(observed.text(namespace, "db", "username")).to.equal("root");
    },
  },
  {
    it: "shows a key that was added and drops one that was removed",
    async play({ put, start, namespace }) {
      await put("db", { data: { a: "1", b: "2" } });
      const observed = await start();
      await put("db", { data: { b: "2", c: "3" } });
      await observed.untilText(namespace, "db", "c", "3");
      expect([...(observed.find(namespace, "db")?.data.keys() ?? [])]).to.deep.equal(["b", "c"]);
    },
  },
  {
    it: "drops a deleted Secret",
    async play({ put, remove, start, namespace }) {
      await put("db");
      await put("web");
      const observed = await start();
      await remove("db");
      await observed.until("db to go", () => observed.find(namespace, "db") === undefined);
      expect(observed.names).to.deep.equal([`${namespace}/web`]);
    },
  },
  {
    it: "serves one credential after a delete and a recreate under the same name",
    async play({ put, remove, start, namespace }) {
      await put("db", { data: { password: "old" } });
      const observed = await start();
      await remove("db");
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
      expect(observed.names).to.deep.equal([`${namespace}/db`]);
    },
  },
  {
    it: "treats a recreate with equal content as a change, because its uid is new",
    needs: ["server-metadata"],
    async play({ put, remove, start, namespace }) {
      await put("db", { data: { password: "same" } });
      const observed = await start();
      const uid = observed.find(namespace, "db")?.uid;
      await remove("db");
      await put("db", { data: { password: "same" } });
      await observed.until("a new uid", () => {
        const now = observed.find(namespace, "db")?.uid;
        return now !== undefined && now !== uid;
      });
    },
  },
  {
    it: "serves nothing of a Secret that was created and deleted immediately",
    async play({ put, remove, start, namespace }) {
      const observed = await start();
      await put("short");
      await remove("short");
      await put("last");
      await observed.untilText(namespace, "last", "password", "old");
      expect(observed.names).to.deep.equal([`${namespace}/last`]);
    },
  },
  {
    it: "ends at the last of 50 quick changes of one Secret",
    async play({ put, start, namespace }) {
      await put("db", { data: { password: "0" } });
      const observed = await start();
      for (let round = 1; round <= 50; round += 1) await put("db", { data: { password: String(round) } });
      await observed.untilText(namespace, "db", "password", "50");
    },
  },
  {
    it: "never serves an older value after a newer one",
    async play({ put, start, namespace }) {
      await put("db", { data: { round: "0" } });
      const observed = await start();
      for (let round = 1; round <= 25; round += 1) await put("db", { data: { round: String(round) } });
      await observed.untilText(namespace, "db", "round", "25");
      const seen = observed.changes.map((change) => {
        const value = change.view.entries.get(credentialKey(namespace, "db"))?.credential.data.get("round");
        return Number(Buffer.from(value?.reveal() ?? []).toString("utf8"));
      });
      expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
      expect(new Set(seen).size, "no revision without a change").to.equal(seen.length);
    },
  },
  {
    it: "makes a separate revision of each of 20 changes",
    needs: ["every-change"],
    async play({ put, start, namespace }) {
      await put("db", { data: { round: "0" } });
      const observed = await start();
      for (let round = 1; round <= 20; round += 1) await put("db", { data: { round: String(round) } });
      await observed.untilText(namespace, "db", "round", "20");
      expect(observed.revision).to.equal(21);
    },
  },
  {
    it: "has the right final state after a burst over 20 Secrets",
    async play({ put, start, namespace }) {
      const names = Array.from({ length: 20 }, (_, index) => `s${String(index).padStart(2, "0")}`);
      await Promise.all(names.map((name) => put(name, { data: { round: "0" } })));
      const observed = await start();
      for (let round = 1; round <= 5; round += 1) {
        await Promise.all(names.map((name) => put(name, { data: { round: String(round) } })));
      }
      await observed.until("round 5 everywhere", () =>
        names.every((name) => observed.text(namespace, name, "round") === "5"),
      );
    },
  },
  {
    it: "makes no revision of a Secret that was written again unchanged",
    async play({ put, start, namespace }) {
      await put("db", { data: { password: "same" } });
      const observed = await start();
      await put("db", { data: { password: "same" } });
      await put("last");
      await observed.untilText(namespace, "last", "password", "old");
      expect(observed.revision).to.equal(2);
    },
  },
  {
    it: "makes no revision of a change in an annotation that is not served",
    needs: ["annotations"],
    async play({ put, start, namespace }) {
      await put("db", { annotations: { "example.io/touched": "1" } });
      const observed = await start();
      await put("db", { annotations: { "example.io/touched": "2" } });
      await put("last");
      await observed.untilText(namespace, "last", "password", "old");
      expect(observed.revision).to.equal(2);
    },
  },
  {
    it: "makes a revision of a changed label",
    needs: ["labels"],
    async play({ put, start, namespace }) {
      await put("db", { labels: { ...SERVED, tier: "one" } });
      const observed = await start();
      await put("db", { labels: { ...SERVED, tier: "two" } });
      await observed.until("the new label", () => observed.find(namespace, "db")?.labels["tier"] === "two");
      expect(observed.revision).to.equal(2);
    },
  },
  {
    it: "shows that a Secret became immutable",
    needs: ["immutable"],
    async play({ put, start, namespace }) {
      await put("db");
      const observed = await start();
      expect(observed.find(namespace, "db")?.immutable).to.equal(false);
      await put("db", { immutable: true });
      await observed.until("immutable", () => observed.find(namespace, "db")?.immutable === true);
    },
  },
  {
    it: "keeps watching an immutable Secret, which may be deleted and recreated",
    needs: ["immutable"],
    async play({ put, remove, start, namespace }) {
      await put("db", { immutable: true, data: { password: "old" } });
      const observed = await start();
      await remove("db");
      await put("db", { immutable: true, data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
    },
  },
  {
    it: "shows another type after a recreate",
    needs: ["types"],
    async play({ put, remove, start, namespace }) {
      await put("db", { type: "example.io/one" });
      const observed = await start();
      await remove("db");
      await put("db", { type: "example.io/two" });
      await observed.until("type two", () => observed.find(namespace, "db")?.type === "example.io/two");
    },
  },
  {
    it: "names exactly the credential that changed",
    async play({ put, start, namespace }) {
      await put("db");
      await put("web");
      const observed = await start();
      await put("web", { data: { password: "new" } });
      await observed.untilText(namespace, "web", "password", "new");
      expect(observed.changes.flatMap((change) => change.changed)).to.deep.equal([
        credentialKey(namespace, "web"),
      ]);
      expect(observed.changes.flatMap((change) => change.removed)).to.deep.equal([]);
    },
  },
  {
    it: "moves the resourceVersion with the content",
    async play({ put, start, namespace }) {
      await put("db", { data: { password: "old" } });
      const observed = await start();
      const before = BigInt(observed.find(namespace, "db")?.resourceVersion ?? "");
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
      expect(BigInt(observed.find(namespace, "db")?.resourceVersion ?? "") > before).to.equal(true);
    },
  },
];
