/**
 * Which Secrets a source serves: by label, by namespace, by name. A Secret that is not selected is never served, not even for a
 * moment.
 */
import { expect } from "chai";
import type { Observed } from "../observe-source.ts";
import type { ContractCase, Play } from "../world.ts";
import { SERVED } from "../world.ts";

/** Waits until a Secret that was written last is served; everything before it has been processed then. */
async function settle({ put, namespace }: Play, observed: Observed): Promise<void> {
  await put("zz-last");
  await observed.untilText(namespace, "zz-last", "password", "old");
}

function everShown(observed: Observed, name: string): boolean {
  return observed.events.some((event) => "item" in event && event.item.name === name);
}

/** See the file comment. */
export const SELECTION: readonly ContractCase[] = [
  {
    it: "never shows a Secret without the label",
    needs: ["labels"],
    async play(play) {
      await play.put("hidden", { labels: {} });
      await play.put("db");
      const observed = await play.start();
      await play.put("hidden-too", { labels: { app: "shop" } });
      await play.put("hidden", { labels: {}, data: { password: "new" } });
      await settle(play, observed);
      expect(observed.names).to.deep.equal(["db", "zz-last"].map((name) => `${play.namespace}/${name}`));
      expect(everShown(observed, "hidden")).to.equal(false);
      expect(everShown(observed, "hidden-too")).to.equal(false);
    },
  },
  {
    it: "never shows a Secret whose label has another value",
    needs: ["labels"],
    async play(play) {
      await play.put("no", { labels: { "podkey.dev/serve": "false" } });
      const observed = await play.start();
      await settle(play, observed);
      expect(everShown(observed, "no")).to.equal(false);
    },
  },
  {
    it: "drops a Secret when its label is removed",
    needs: ["labels"],
    async play({ put, label, start, namespace }) {
      await put("db");
      const observed = await start();
      await label("db", { "podkey.dev/serve": undefined });
      await observed.until("db to go", () => observed.find(namespace, "db") === undefined);
    },
  },
  {
    it: "shows a Secret when it is labelled",
    needs: ["labels"],
    async play({ put, label, start, namespace }) {
      await put("db", { labels: {} });
      const observed = await start();
      await label("db", SERVED);
      await observed.untilText(namespace, "db", "password", "old");
    },
  },
  {
    it: "serves a Secret again that was unlabelled and labelled again, with the same uid",
    needs: ["labels", "server-metadata"],
    async play({ put, label, start, namespace }) {
      await put("db");
      const observed = await start();
      const uid = observed.find(namespace, "db")?.uid;
      await label("db", { "podkey.dev/serve": undefined });
      await observed.until("db to go", () => observed.find(namespace, "db") === undefined);
      await label("db", SERVED);
      await observed.until("db to come back", () => observed.find(namespace, "db")?.uid === uid);
    },
  },
  {
    it: "shows the newest value of a Secret that changed while it was not labelled",
    needs: ["labels"],
    async play({ put, label, start, namespace }) {
      await put("db", { data: { password: "one" } });
      const observed = await start();
      await label("db", { "podkey.dev/serve": undefined });
      await put("db", { labels: {}, data: { password: "two" } });
      await put("db", { labels: {}, data: { password: "three" } });
      await label("db", SERVED);
      await observed.untilText(namespace, "db", "password", "three");
      const served = observed.changes.filter((change) => change.changed.length > 0);
      expect(served, "the hidden value two was never served").to.have.length(1);
    },
  },
  {
    it: "selects by a set-based selector",
    needs: ["labels"],
    async play(play) {
      await play.put("one", { labels: { tier: "one" } });
      await play.put("two", { labels: { tier: "two", old: "yes" } });
      await play.put("three", { labels: { tier: "three" } });
      const observed = await play.start({ labelSelector: "tier in (one,two),!old" });
      expect(observed.names).to.deep.equal([`${play.namespace}/one`]);
    },
  },
  {
    it: "serves two namespaces, each as a scope that is listed once",
    needs: ["namespaces"],
    async play({ world, put, start, namespace }) {
      const { otherNamespace } = world;
      await put("db");
      await put("card", {}, otherNamespace);
      const observed = await start({ namespaces: [namespace, otherNamespace] });
      expect([...observed.names].sort()).to.deep.equal([`${namespace}/db`, `${otherNamespace}/card`].sort());
      await put("later", {}, otherNamespace);
      await observed.untilText(otherNamespace, "later", "password", "old");
    },
  },
  {
    it: "never shows a Secret of a namespace that is not served",
    needs: ["namespaces"],
    async play(play) {
      await play.put("card", {}, play.world.otherNamespace);
      const observed = await play.start({ namespaces: [play.namespace] });
      await play.put("card", { data: { password: "new" } }, play.world.otherNamespace);
      await settle(play, observed);
      expect(everShown(observed, "card")).to.equal(false);
    },
  },
  {
    it: "keeps the same name in two namespaces apart",
    needs: ["namespaces"],
    async play({ world, put, start, namespace }) {
      const { otherNamespace } = world;
      await put("db", { data: { password: "here" } });
      await put("db", { data: { password: "there" } }, otherNamespace);
      const observed = await start({ namespaces: [namespace, otherNamespace] });
      expect(observed.text(namespace, "db", "password")).to.equal("here");
      expect(observed.text(otherNamespace, "db", "password")).to.equal("there");
      await world.remove(otherNamespace, "db");
      await observed.until("one to go", () => observed.find(otherNamespace, "db") === undefined);
      expect(observed.text(namespace, "db", "password")).to.equal("here");
    },
  },
  {
    it: "serves all namespaces",
    needs: ["namespaces", "labels"],
    async play({ world, put, start, namespace }) {
      const labels = { case: namespace };
      await put("db", { labels });
      await put("card", { labels }, world.otherNamespace);
      const observed = await start({ namespaces: "all", labelSelector: `case=${namespace}` });
      expect([...observed.names].sort()).to.deep.equal(
        [`${namespace}/db`, `${world.otherNamespace}/card`].sort(),
      );
    },
  },
  {
    it: "serves named Secrets and no others, labelled or not",
    needs: ["names-mode"],
    async play({ put, start, namespace }) {
      await put("db", { labels: {} });
      await put("web");
      await put("other");
      const observed = await start({ names: [`${namespace}/db`, `${namespace}/web`] });
      await observed.until("both", () => observed.names.length === 2);
      await put("other", { data: { password: "new" } });
      await put("db", { labels: {}, data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
      expect(observed.names).to.deep.equal([`${namespace}/db`, `${namespace}/web`]);
    },
  },
  {
    it: "syncs although a named Secret does not exist, and serves it when it is created",
    needs: ["names-mode"],
    async play({ put, start, namespace }) {
      const observed = await start({ names: [`${namespace}/later`] });
      expect(observed.names).to.deep.equal([]);
      await put("later", { labels: {} });
      await observed.untilText(namespace, "later", "password", "old");
    },
  },
  {
    it: "drops a named Secret that is deleted, and serves it again when it is recreated",
    needs: ["names-mode"],
    async play({ put, remove, start, namespace }) {
      await put("db");
      const observed = await start({ names: [`${namespace}/db`] });
      await remove("db");
      await observed.until("db to go", () => observed.find(namespace, "db") === undefined);
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
    },
  },
  {
    it: "serves named Secrets of two namespaces",
    needs: ["names-mode", "namespaces"],
    async play({ world, put, start, namespace }) {
      const { otherNamespace } = world;
      await put("db", { data: { password: "here" } });
      await put("db", { data: { password: "there" } }, otherNamespace);
      const observed = await start({ names: [`${namespace}/db`, `${otherNamespace}/db`] });
      expect(observed.text(namespace, "db", "password")).to.equal("here");
      expect(observed.text(otherNamespace, "db", "password")).to.equal("there");
    },
  },
];
