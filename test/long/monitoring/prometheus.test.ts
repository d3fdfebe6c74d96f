// A real Prometheus scrapes the built podkey with deploy/monitoring: the rules load, and the dashboard's queries have data.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../support/docs/checkout.ts";
import { HAS_PROMETHEUS, Prometheus } from "../../support/drill/prometheus.ts";
import { Stage } from "../../support/drill/stage.ts";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { ALERTS } from "../../../tools/monitoring/alerts.ts";

/** Series that exist only for an unhealthy podkey, so their queries have no data here. */
const QUIET = [
  "podkey_stale_scopes",
  "podkey_events_dropped_total",
  "podkey_limit_rejections_total",
  "podkey_sds_streams",
  "podkey_sds_responses_total",
];

interface RulesAnswer {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string; readonly state: string }[];
  }[];
}

function queriesOfDashboard(): readonly string[] {
  const { panels } = JSON.parse(readFileSync(join(ROOT, "deploy/monitoring/dashboard.json"), "utf8")) as {
    readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  };
  return panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) =>
      expr
        .replace(/\$(?:namespace|pod)\b/g, ".*")
        .replaceAll("$__rate_interval", "1m")
        .replaceAll("$__range", "1m"),
    ),
  );
}

/** Causes every event that a healthy podkey counts: reads, denials, changes, a reconnect, a bad certificate. */
async function live(stage: Stage): Promise<void> {
  // Lists have pages, a WatchList does not.
  stage.server.behaviour.watchList = "off";
  stage.server.putSecret(
    "default",
    "web-tls",
    { "tls.crt": "none", "tls.key": "none" },
    { type: "kubernetes.io/tls" },
  );
  stage.server.putSecret(
    "default",
    "api",
    { key: "drill" },
    { annotations: { "podkey.dev/expires-at": "2096-01-01T00:00:00Z" } },
  );
  await stage.serve();
  await stage.logged("app_ready");
  const client = stage.client();
  const watch = client.watch({});
  await watch.until(({ event }) => event === "synced");
  stage.server.putSecret("default", "db", { password: "rotated" });
  await watch.until(({ event }) => event === "change");
  await client.get({ name: "db" });
  await client.get({ name: "nothing" }).catch(() => undefined);
  await client.list({});
  // One watch that fails, so that an attempt is repeated.
  stage.server.scripts.next({ verb: "watch" }, { kind: "answer", status: 500, body: {} });
  (await stage.server.watch()).end();
  await stage.logged("sync_trouble");
  await stage.logged("sync_recovered");
}

describe("Prometheus with deploy/monitoring", function () {
  this.timeout(60_000);
  let folder: string | undefined;
  let stage: Stage;
  let prometheus: Prometheus;

  before(async function () {
    if (!HAS_PROMETHEUS) this.skip();
    folder = await copyBuilt();
    stage = await Stage.open(join(folder, "podkey.js"));
    await live(stage);
    prometheus = await Prometheus.start(stage.adminPort);
    await prometheus.until<{ readonly result: readonly unknown[] }>(
      `query?query=${encodeURIComponent("count_over_time(podkey_synced[1m]) > 2")}`,
      ({ result }) => result.length > 0,
    );
  });
  after(async () => {
    if (folder === undefined) return;
    await prometheus.stop();
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  it("finds podkey as one job with the labels namespace and pod", async () => {
    expect(
      await prometheus.count('up{job="podkey",namespace="shop",pod="web-0",container="podkey"} == 1'),
    ).to.equal(1);
    expect(await prometheus.count('podkey_build_info{node_version!=""}')).to.equal(1);
  });

  it("uses OpenMetrics", async () => {
    const { body, contentType } = await stage.fetchAdmin("/metrics", {
      accept: "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5",
    });
    expect(contentType).to.contain("application/openmetrics-text");
    expect(body).to.match(/# EOF\n$/);
  });

  it("evaluates every rule, and none fires for a healthy podkey", async () => {
    const { groups } = await prometheus.until<RulesAnswer>("rules", (answer) =>
      answer.groups.every(({ rules }) => rules.every(({ health }) => health !== "unknown")),
    );
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ name }) => name).toSorted()).to.deep.equal(ALERTS.map(({ name }) => name).toSorted());
    expect(rules.filter(({ health }) => health !== "ok")).to.deep.equal([]);
    expect(rules.filter(({ state }) => state === "firing")).to.deep.equal([]);
  });

  it("has data for every query of the dashboard that a healthy podkey has data for", async () => {
    const queries = queriesOfDashboard();
    expect(queries.length).to.be.greaterThan(50);
    const counts = await Promise.all(
      queries.map(async (query) => [query, await prometheus.count(query)] as const),
    );
    const empty = counts.filter(
      ([query, count]) => count === 0 && !QUIET.some((name) => query.includes(name)),
    );
    expect(empty.map(([query]) => query)).to.deep.equal([]);
  });
});
