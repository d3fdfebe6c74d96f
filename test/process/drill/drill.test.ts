// Plays incidents on the built podkey: log line, metric, alert, check and runbook must match docs/operations.md. Daily tests
// play one of each kind (source, pod, file, credential); `npm run drill` plays all.
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../support/docs/checkout.ts";
import { rowOf, writtenRow } from "../../support/drill/drill-table.ts";
import type { Incident } from "../../support/drill/incident.ts";
import type { Found } from "../../support/drill/play-incident.ts";
import { playIncident } from "../../support/drill/play-incident.ts";
import { faultsOfRules, HAS_PROMTOOL } from "../../support/drill/promtool.ts";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { INCIDENTS } from "./incidents.ts";

/** All incidents, or one of each kind. */
const DAILY = [
  "RBAC revoked",
  "Socket folder read-only",
  "Policy file broken",
  "Required credential missing",
];
const PLAYED =
  process.env["PODKEY_DRILL"] === "all" ? INCIDENTS : INCIDENTS.filter(({ title }) => DAILY.includes(title));

/** A healthy podkey. */
const HEALTHY: Incident = {
  title: "good health",
  play: async (stage) => {
    await stage.serve();
    const log = await stage.logged("app_ready");
    await stage.client().get({ name: "db" });
    return { before: undefined, during: await stage.scrape(), log, fields: [] };
  },
  metric: ["podkey_synced"],
  alerts: [],
  atMinutes: 90,
  check: { line: /^ok +selection +.*$/m, code: 0 },
};

describe("drill", function () {
  this.timeout(90_000);
  const played = new Map<Incident, Promise<Found>>();
  let folder: string;

  before(async () => {
    folder = await copyBuilt();
    const waiting = [HEALTHY, ...PLAYED];
    // Two at a time: each mostly waits for its process.
    const play = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const found = playIncident(next, join(folder, "podkey.js"));
        played.set(next, found);
        await found.catch(() => undefined);
      }
    };
    await Promise.all([play(), play()]);
  });
  after(() => rmSync(folder, { recursive: true }));

  async function found(incident: Incident): Promise<Found> {
    const result = await played.get(incident);
    if (result === undefined) throw new Error(`${incident.title} was not played`);
    return result;
  }

  function itFires(incident: Incident): void {
    const names = incident.alerts.length === 0 ? "no alert" : incident.alerts.join(" and ");
    it(`fires ${names} with the recorded metrics (promtool)`, async function () {
      if (!HAS_PROMTOOL) this.skip();
      const { before, during } = await found(incident);
      const { title: name, atMinutes, alerts: firing } = incident;
      expect(faultsOfRules([{ name, before, during, atMinutes, firing }])).to.equal("");
    });
  }

  describe("of a healthy podkey", () => {
    itFires(HEALTHY);
  });

  it("has a row in docs/operations.md and a runbook for each incident", () => {
    for (const { title, alerts } of INCIDENTS) {
      const cells = writtenRow(title);
      expect(cells, title).to.have.length(5);
      for (const alert of alerts) expect(cells?.[3]).to.contain(`(runbooks/${alert}.md)`);
    }
    expect(INCIDENTS.map(({ title }) => title)).to.include.members(DAILY);
  });

  for (const incident of PLAYED) {
    describe(incident.title, () => {
      it("shows in log, metric and podkey check as in docs/operations.md", async () => {
        const result = await found(incident);
        expect(rowOf(result)).to.deep.equal(writtenRow(incident.title));
        expect(result.check).to.match(/^(ok|warn|fail) /);
        expect(result.checkCode).to.equal(incident.check.code);
        if (incident.termination === true) expect(result.termination).to.match(/^podkey.? .*\.$/);
      });

      itFires(incident);

      it("is in the runbook of its alert", async () => {
        const { event } = await found(incident);
        for (const alert of incident.alerts) {
          const page = await readFile(join(ROOT, "docs", "runbooks", `${alert}.md`), "utf8");
          const words = [event === "" ? "stderr" : `\`${event}\``, incident.metric[0]];
          expect(
            words.some((word) => page.includes(word)),
            `${alert} names ${words.join(" or ")}`,
          ).to.equal(true);
        }
      });
    });
  }
});
