/** Faults of an open watch and of its successor (scenarios 02, 06 to 08, 13 to 17, 21, 24 to 26 of test/support/scenarios.ts). */
import { expect } from "chai";
import { failure } from "../../support/fake-api-server/status.ts";
import { labs, PROTOCOLS } from "./lab-hooks.ts";
import type { WireLab } from "./wire-lab.ts";

const EXPIRED = failure({ message: "too old resource version: 1 (9)", reason: "Expired", code: 410 });
const LIST = { verb: "list", metadataOnly: false } as const;

for (const { protocol, title } of PROTOCOLS) {
  describe(`an interrupted watch over ${title}`, () => {
    const open = labs();

    /** A lab that serves `a` and follows the server. */
    async function live(more: Parameters<typeof open>[0] = {}): Promise<WireLab> {
      const lab = open({ protocols: [protocol], ...more });
      lab.put("a", "1");
      await lab.live();
      return lab;
    }
    /** Writes while no watch is open and waits until podkey has it. Returns the version that the watch resumed from. */
    async function resumes(lab: WireLab, from: string): Promise<void> {
      lab.put("a", "2");
      await lab.untilText("a", "2");
      expect((await lab.server.watch()).record.query.get("resourceVersion")).to.equal(from);
      expect(lab.server.requests.count(LIST)).to.equal(0);
      expect(lab.revision).to.equal(2);
    }

    it("scenario 02: waits as long as a 429 asks, keeps the version and does not list", async () => {
      const lab = await live();
      const headers = { "retry-after": "7" };
      lab.server.scripts.next(
        { verb: "watch" },
        { kind: "answer", status: 429, headers, body: "Too many requests\n" },
      );
      (await lab.server.watch()).end();
      await lab.server.nextWatch();
      await resumes(lab, "2");
      const [, refused = 0, again = 0] = lab.requestTimes({ verb: "watch" });
      expect(again - refused).to.be.within(7_000, 15_000);
    });

    it("scenario 06: resumes after a clean end at timeoutSeconds, without a list or an event", async () => {
      const lab = await live();
      const next = lab.server.nextWatch();
      (await lab.server.watch()).end();
      await next;
      expect(lab.revision).to.equal(1);
      await resumes(lab, "2");
    });

    it("scenario 07: never hot-loops on a server that ends every watch at once", async () => {
      const lab = await live();
      lab.server.scripts.next({ verb: "watch" }, { kind: "stream", chunks: [], then: "end" }, Infinity);
      const endedAtMs = lab.nowMs;
      (await lab.server.watch()).end();
      await lab.until("six more watches", () => lab.server.requests.count({ verb: "watch" }) >= 7);
      const rounds = lab
        .requestTimes({ verb: "watch" })
        .filter((at) => at > endedAtMs && at <= endedAtMs + 5_000);
      expect(rounds.length).to.be.at.most(4);
    });

    it("scenario 08: resumes within 0 to 2 s at the same version after the connection broke off", async () => {
      const lab = await live();
      const brokenAtMs = lab.nowMs;
      const next = lab.server.nextWatch();
      lab.relay.reset();
      await next;
      expect((lab.requestTimes({ verb: "watch" }).at(-1) ?? 0) - brokenAtMs).to.be.at.most(10_000);
      await resumes(lab, "2");
    });

    it("scenario 13: lists after an in-stream 410, in one revision, and finds what was deleted", async () => {
      const lab = await live();
      lab.put("b", "1");
      await lab.untilText("b", "1");
      await lab.server.kill();
      lab.server.store.delete("secrets", "shop", "b");
      lab.put("a", "2");
      lab.server.store.dropHistory();
      await lab.server.start();
      await lab.untilText("a", "2");
      expect(lab.names).to.equal("a");
      expect(lab.revision).to.equal(3);
      expect(lab.countOf("relist expired")).to.equal(1);
    });

    it("scenario 14: does the same after an HTTP 410 on watch start, and never loops on one version", async () => {
      const lab = await live();
      lab.server.scripts.next({ verb: "watch" }, { kind: "answer", status: 410, body: EXPIRED });
      (await lab.server.watch()).end();
      await lab.until("a list", () => lab.countOf("relist expired") === 1);
      lab.put("a", "2");
      await lab.untilText("a", "2");
      expect(lab.revision).to.equal(2);
    });

    it("scenario 15: falls to a consistent list when the list at the last version is too old as well", async () => {
      const lab = await live();
      lab.server.scripts.next({ verb: "list" }, { kind: "answer", status: 410, body: EXPIRED });
      (await lab.server.watch()).error(EXPIRED);
      await lab.until("a list", () => lab.countOf("relist expired") === 1);
      const lists = lab.server.requests.all(LIST).map(({ query }) => query.get("resourceVersion") ?? "");
      expect(lists.at(-1)).to.equal("");
      expect(lab.revision).to.equal(1);
    });

    it("scenario 16: backs off after an in-stream 500 and resumes at the same version", async () => {
      const lab = await live();
      const failedAtMs = lab.nowMs;
      const next = lab.server.nextWatch();
      (await lab.server.watch()).error(failure({ message: "boom", reason: "InternalError", code: 500 }));
      await next;
      expect((lab.requestTimes({ verb: "watch" }).at(-1) ?? 0) - failedAtMs).to.be.at.least(390);
      await resumes(lab, "2");
    });

    it("scenario 17: gives a lagging API server a second, then reads consistently, and never goes back", async () => {
      const lab = await live();
      lab.put("a", "2");
      await lab.untilText("a", "2");
      lab.server.behaviour.laggingAt = 2;
      (await lab.server.watch()).error(EXPIRED);
      await lab.until("a list", () => lab.countOf("relist expired") === 1);
      expect(lab.server.requests.all(LIST).map(({ status }) => status)).to.deep.equal([504, 200]);
      const [first = 0, second = 0] = lab.requestTimes(LIST);
      expect(second - first).to.be.at.least(1_000);
      expect(lab.text("a")).to.equal("2");
    });

    it("scenario 24: resumes from a bookmark after the history behind it is gone", async () => {
      const lab = await live();
      for (let i = 0; i < 20; i += 1)
        lab.server.store.put("secrets", { namespace: "other", name: "x", stringData: { i: String(i) } });
      const proofs = lab.events.length;
      lab.server.bookmark();
      await lab.until("the bookmark", () =>
        lab.events.slice(proofs).some(({ event }) => event.kind === "proof"),
      );
      lab.server.store.dropHistory();
      const next = lab.server.nextWatch();
      (await lab.server.watch()).end();
      await next;
      await resumes(lab, "22");
    });

    it("scenario 25: aborts a stream with half a line, counts it, and lists", async () => {
      const lab = await live();
      const watch = await lab.server.watch();
      watch.bytes(Buffer.from('{"type":"MODIFIED","object":{"metada\n'));
      lab.put("a", "2");
      await lab.untilText("a", "2");
      await lab.until("a list", () => lab.countOf("relist malformed") === 1);
      expect(watch.closed).to.equal(true);
    });

    it("scenario 26: outlives a line of 9 MiB, and reads what is split inside a character and a line end", async () => {
      const lab = await live();
      (await lab.server.watch()).bytes(
        Buffer.from(`{"type":"ADDED","object":"${"x".repeat(9 * 1024 * 1024)}"}\n`),
      );
      await lab.until("a list", () => lab.countOf("relist malformed") === 1);
      const line = (text: string): { chunks: Uint8Array[] } => {
        const bytes = Buffer.from(`${text}\n`);
        const cuts = [3, bytes.indexOf(0xc3) + 1, bytes.length - 1, bytes.length];
        return { chunks: cuts.map((cut, index) => bytes.subarray(cuts[index - 1] ?? 0, cut)) };
      };
      lab.server.scripts.next({ verb: "watch" }, { kind: "pass", line });
      const next = lab.server.nextWatch();
      (await lab.server.watch()).end();
      await next;
      lab.server.store.update("secrets", "shop", "a", {
        annotations: { note: "\u00e9" },
        stringData: { k: "2" },
      });
      await lab.untilText("a", "2");
    });
  });
}
