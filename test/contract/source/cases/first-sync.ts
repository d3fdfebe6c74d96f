/**
 * The first sync: nothing is served before the list is complete.
 */
import { expect } from "chai";
import type { ContractCase } from "../world.ts";

/** See the file comment. */
export const FIRST_SYNC: readonly ContractCase[] = [
  {
    it: "syncs to an empty view if there are no Secrets",
    async play({ start }) {
      const observed = await start();
      expect(observed.names).to.deep.equal([]);
      expect(observed.revision).to.equal(1);
    },
  },
  {
    it: "serves what existed before the start",
    async play({ put, start, namespace }) {
      await put("db", { data: { username: "root", password: "old" } });
      const observed = await start();
      expect(observed.names).to.deep.equal([`${namespace}/db`]);
      expect(observed.text(namespace, "db", "username")).to.equal("root");
      expect(observed.text(namespace, "db", "password")).to.equal("old");
    },
  },
  {
    it: "shows nothing before the list is complete, then all of it as revision 1",
    async play({ put, startUnsynced, namespace }) {
      for (const name of ["a", "b", "c"]) await put(name);
      const observed = await startUnsynced();
      expect(observed.names).to.deep.equal([]);
      await observed.until("the first sync", () => observed.revision > 0);
      expect(observed.revision).to.equal(1);
      expect(observed.names).to.deep.equal(["a", "b", "c"].map((name) => `${namespace}/${name}`));
    },
  },
  {
    it: "brackets the list by one reset-begin and one reset-end of the cause `initial`",
    async play({ put, start }) {
      await put("db");
      const observed = await start();
      const kinds = observed.events.filter((event) => event.kind.startsWith("reset-"));
      expect(kinds.map((event) => event.kind)).to.deep.equal(["reset-begin", "reset-item", "reset-end"]);
      expect(kinds[0]).to.include({ kind: "reset-begin", cause: "initial" });
      expect(kinds[2]).to.include({ kind: "reset-end", rewound: false });
    },
  },
  {
    it: "reports the version of the list",
    async play({ put, start }) {
      await put("db");
      const observed = await start();
      const end = observed.events.find((event) => event.kind === "reset-end");
      expect(end?.resourceVersion).to.match(/^[1-9]\d*$/);
    },
  },
  {
    it: "names a declared scope in every event",
    async play({ put, start }) {
      await put("db");
      const observed = await start();
      expect(new Set(observed.events.map((event) => event.scope)).size).to.equal(1);
    },
  },
  {
    it: "orders the view by name, whatever the order of creation",
    async play({ put, start, namespace }) {
      for (const name of ["web-b", "web", "db", "web.a"]) await put(name);
      const observed = await start();
      expect(observed.names).to.deep.equal(
        ["db", "web", "web-b", "web.a"].map((name) => `${namespace}/${name}`),
      );
    },
  },
  {
    it: "serves 520 Secrets, more than one page, as one revision",
    async play({ put, start, namespace }) {
      const all = Array.from({ length: 520 }, (_, index) => `s${String(index).padStart(3, "0")}`);
      for (let at = 0; at < all.length; at += 26) {
        await Promise.all(
          all.slice(at, at + 26).map((name) => put(name, { data: { password: `p-${name}` } })),
        );
      }
      const observed = await start();
      expect(observed.revision).to.equal(1);
      expect(observed.names).to.deep.equal(all.map((name) => `${namespace}/${name}`));
      for (const name of ["s000", "s499", "s500", "s519"])
        expect(observed.text(namespace, name, "password")).to.equal(`p-${name}`);
    },
  },
  {
    it: "does not serve what was deleted before the start",
    async play({ put, remove, start, namespace }) {
      await put("db");
      await put("gone");
      await remove("gone");
      const observed = await start();
      expect(observed.names).to.deep.equal([`${namespace}/db`]);
    },
  },
  {
    it: "starts twice on the same place with the same result",
    async play({ put, start }) {
      await put("db");
      await put("web");
      const first = await start();
      const second = await start();
      expect(second.names).to.deep.equal(first.names);
    },
  },
];
