/**
 * A broken connection: a source resumes where it was, misses nothing, and makes no event without a change.
 */
import { expect } from "chai";
import type { Observed } from "../observe-source.ts";
import type { ContractCase } from "../world.ts";

function lists(observed: Observed): number {
  return observed.events.filter((event) => event.kind === "reset-end").length;
}

/** See the file comment. */
export const CONNECTION: readonly ContractCase[] = [
  {
    it: "resumes a broken watch without listing again",
    needs: ["connection"],
    async play({ world, put, start, namespace }) {
      await put("db", { data: { password: "old" } });
      const observed = await start();
      const before = lists(observed);
      await world.cut();
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
      expect(lists(observed)).to.equal(before);
      expect(observed.revision).to.equal(2);
    },
  },
  {
    it: "finds what was changed, created and deleted while it was disconnected",
    needs: ["connection"],
    async play({ world, put, remove, start, namespace }) {
      await put("changed", { data: { password: "old" } });
      await put("gone");
      const observed = await start();
      const lift = await world.blockade();
      await put("changed", { data: { password: "new" } });
      await put("came");
      await remove("gone");
      await lift();
      await observed.untilText(namespace, "changed", "password", "new");
      await observed.untilText(namespace, "came", "password", "old");
      await observed.until("gone to go", () => observed.find(namespace, "gone") === undefined);
    },
  },
  {
    it: "serves what it has while it is disconnected",
    needs: ["connection"],
    async play({ world, put, start, namespace }) {
      await put("db");
      const observed = await start();
      const lift = await world.blockade();
      await observed.until("trouble", () =>
        observed.events.some((event) => event.kind === "trouble" && event.reason !== undefined),
      );
      expect(observed.text(namespace, "db", "password")).to.equal("old");
      await lift();
      await observed.until(
        "the trouble to be over",
        () => observed.events.at(-1)?.kind !== "trouble" || isOver(observed),
      );
    },
  },
  {
    it: "makes no revision if nothing changed while it was disconnected",
    needs: ["connection"],
    async play({ world, put, start, namespace }) {
      await put("db");
      const observed = await start();
      await world.cut();
      await world.cut();
      await put("last");
      await observed.untilText(namespace, "last", "password", "old");
      expect(observed.revision).to.equal(2);
    },
  },
  {
    it: "resumes from a bookmark",
    needs: ["connection", "bookmarks"],
    async play({ world, put, start, namespace }) {
      await put("db");
      const observed = await start();
      // Secrets that are not selected increase the version; only a bookmark reports this on the watch.
      for (let round = 0; round < 5; round += 1)
        await put("hidden", { labels: {}, data: { round: String(round) } });
      await world.bookmark();
      await observed.until("a proof", () => observed.events.some((event) => event.kind === "proof"));
      const before = lists(observed);
      await world.cut();
      await put("db", { data: { password: "new" } });
      await observed.untilText(namespace, "db", "password", "new");
      expect(lists(observed)).to.equal(before);
    },
  },
];

function isOver(observed: Observed): boolean {
  const last = observed.events.findLast((event) => event.kind === "trouble");
  return last?.kind === "trouble" && last.reason === undefined;
}
