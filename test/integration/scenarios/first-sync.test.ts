/** Faults before the first sync (scenarios 01 to 05, 33, 48, 49 of test/support/scenarios.ts). */
import { expect } from "chai";
import { failure } from "../../support/fake-api-server/status.ts";
import { labs, PROTOCOLS } from "./lab-hooks.ts";

const MARKER =
  '{"type":"BOOKMARK","object":{"kind":"Secret","apiVersion":"v1","metadata":{"resourceVersion":"3","annotations":{"k8s.io/initial-events-end":"true"}}}}';

for (const { protocol, title } of PROTOCOLS) {
  describe(`the first sync over ${title}`, () => {
    const open = labs();

    it("scenario 01: backs off through five 503s and then syncs once", async () => {
      const lab = await open({ protocols: [protocol] }).listen();
      lab.put("a", "1");
      lab.server.scripts.next(
        {},
        { kind: "answer", status: 503, body: failure({ message: "no", code: 503 }) },
        5,
      );
      await lab.synced();
      const times = lab.requestTimes({ verb: "watch" });
      expect(times).to.have.length(6);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      // U[0.4, 0.8] s, then twice that, then at most the early cap.
      expect(gaps[0]).to.be.within(390, 2_000);
      expect(gaps.every((gap) => gap < 6_000)).to.equal(true);
      expect(lab.names).to.equal("a");
      expect(lab.countOf("relist initial")).to.equal(1);
    });

    it("scenario 03: lists in the same attempt where WatchList is refused, and remembers it", async () => {
      const lab = open({ protocols: [protocol], behaviour: { watchList: "off" } });
      lab.put("a", "1");
      await lab.live();
      const verbs = lab.server.requests.all().map((request) => `${request.verb} ${String(request.status)}`);
      expect(verbs).to.deep.equal(["watch 422", "list 200", "watch 200"]);
      expect(lab.server.requests.all()[1]?.query.get("sendInitialEvents")).to.equal(null);
    });

    it("scenario 04: lists where the marker never comes, and serves nothing half-done before", async () => {
      const lab = open({
        protocols: [protocol],
        behaviour: { watchList: "ignored", bookmarkIntervalMs: 3_600_000 },
      });
      lab.put("a", "1");
      await lab.start();
      await lab.server.watch();
      expect(lab.revision).to.equal(0);
      await lab.until("the first sync", () => lab.store.isSynced);
      const [watchAt = 0] = lab.requestTimes({ verb: "watch" });
      expect((lab.requestTimes({ verb: "list" })[0] ?? 0) - watchAt).to.be.at.least(29_000);
      expect(lab.names).to.equal("a");
    });

    it("scenario 05: drops a WatchList that was cut after 500 of 1,000 events and requests it again", async () => {
      const lab = await open({ protocols: [protocol] }).listen();
      for (let i = 0; i < 1_000; i += 1) lab.put(`s-${String(i).padStart(4, "0")}`, "v");
      const line = (_: string, index: number): { then: "reset-stream" } | undefined =>
        index === 500 ? { then: "reset-stream" } : undefined;
      lab.server.scripts.next({ verb: "watch" }, { kind: "pass", line });
      await lab.start();
      await lab.until("the first sync", () => lab.store.isSynced);
      expect(lab.store.snapshot().entries.size).to.equal(1_000);
      expect(lab.revision).to.equal(1);
      expect(lab.server.requests.count({ verb: "watch" })).to.be.at.least(2);
    });

    it("scenario 49: takes a marker that nobody asked for as an ordinary bookmark", async () => {
      const lab = await open({ protocols: [protocol], behaviour: { watchList: "off" } }).live();
      lab.put("a", "1");
      await lab.untilText("a", "1");
      const watch = await lab.server.watch();
      watch.line(MARKER);
      lab.put("a", "2");
      await lab.untilText("a", "2");
      expect(lab.changes.map(({ removed }) => removed.length)).to.deep.equal([0, 0, 0]);
      expect(lab.counted).to.deep.equal([]);
    });
  });
}

describe("answers without data", () => {
  const open = labs();
  const html = { "content-type": "text/html" };
  const list = { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] };
  const answers = [
    {
      what: "a 429 as text/plain",
      status: 429,
      headers: { "retry-after": "1" },
      body: "Too many requests, please try again later.\n",
    },
    {
      what: "an HTML error page of a proxy",
      status: 502,
      headers: html,
      body: "<html><body>Bad Gateway</body></html>",
    },
    { what: "an HTML page with status 200", status: 200, headers: html, body: "<html>captive portal</html>" },
    { what: "an empty 200", status: 200, headers: { "content-type": "application/json" }, body: "" },
    { what: "a 200 with a Status", status: 200, headers: {}, body: failure({ message: "x", code: 500 }) },
    { what: "a 301", status: 301, headers: { location: "https://example.com/" }, body: "" },
    { what: "a list of another kind", status: 200, headers: {}, body: { ...list, kind: "PodList" } },
  ];
  for (const { what, ...answer } of answers) {
    it(`scenario 48: takes nothing of ${what}, and syncs when the server is itself again`, async () => {
      const lab = await open({ behaviour: { watchList: "off" } }).listen();
      lab.put("a", "1");
      lab.server.scripts.next({ verb: "list" }, { kind: "answer", ...answer });
      await lab.synced();
      expect(lab.names).to.equal("a");
      expect(lab.revision).to.equal(1);
      expect(lab.server.requests.count({ verb: "list" })).to.be.at.least(2);
    });
  }
});
