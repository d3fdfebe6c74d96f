/**
 * A source proves that its data is current, on request and without one.
 */
import { expect } from "chai";
import type { ContractCase } from "../world.ts";

/** See the file comment. */
export const FRESHNESS: readonly ContractCase[] = [
  {
    it: "proves unchanged data current, without a revision",
    async play({ put, start }) {
      await put("db");
      const observed = await start();
      expect(await observed.prove()).to.deep.equal({ ok: true });
      expect(observed.revision).to.equal(1);
    },
  },
  {
    it: "has applied every earlier change when a proof arrives",
    async play({ put, start, namespace }) {
      await put("db", { data: { password: "old" } });
      const observed = await start();
      await put("db", { data: { password: "new" } });
      expect(await observed.prove()).to.deep.equal({ ok: true });
      expect(observed.text(namespace, "db", "password")).to.equal("new");
    },
  },
  {
    it: "has applied every earlier delete when a proof arrives",
    async play({ put, remove, start, namespace }) {
      await put("db");
      const observed = await start();
      await remove("db");
      expect(await observed.prove()).to.deep.equal({ ok: true });
      expect(observed.find(namespace, "db")).to.equal(undefined);
    },
  },
  {
    it: "answers 50 simultaneous requests for a proof",
    async play({ put, start }) {
      await put("db");
      const observed = await start();
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => observed.prove()));
      expect(outcomes.every((outcome) => outcome.ok)).to.equal(true);
    },
  },
  {
    it: "reports a proof as an event or a list, never as a change",
    async play({ put, start }) {
      await put("db");
      const observed = await start();
      const before = observed.events.length;
      await observed.prove();
      const kinds = observed.events.slice(before).map((event) => event.kind);
      expect(kinds.some((kind) => kind === "proof" || kind === "reset-end")).to.equal(true);
      expect(kinds).to.not.include("put");
      expect(kinds).to.not.include("remove");
    },
  },
  {
    it: "lists again on request, and makes no revision of an equal list",
    async play({ put, start, namespace }) {
      await put("db");
      const observed = await start();
      const isRelisted = (): boolean =>
        observed.events.filter((event) => event.kind === "reset-end").length === 2 &&
        observed.events.some((event) => event.kind === "reset-begin" && event.cause === "limit");
      observed.relist("limit");
      await observed.until("the second list", isRelisted);
      expect(observed.revision).to.equal(1);
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
    },
  },
  {
    it: "treats a bookmark as a proof and not as a change",
    needs: ["bookmarks"],
    async play({ world, put, start, namespace }) {
      await put("db");
      const observed = await start();
      await world.bookmark();
      await observed.until("a proof", () => observed.events.some((event) => event.kind === "proof"));
      expect(observed.revision).to.equal(1);
      expect(observed.text(namespace, "db", "password")).to.equal("old");
    },
  },
  {
    it: "sends nothing after it is unsubscribed",
    async play({ put, start }) {
      await put("db");
      const observed = await start();
      const other = await start();
      await observed.stop();
      const count = observed.events.length;
      await put("db", { data: { password: "new" } });
      await other.until("the other to get it", () => other.revision === 2);
      expect(observed.events.length).to.equal(count);
    },
  },
];
