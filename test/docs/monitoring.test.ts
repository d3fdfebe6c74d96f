// Rules, dashboard and runbooks against what podkey really shows, and against each other.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { createMetricsRegistry } from "../../src/observe/metrics-registry.ts";
import { METRICS } from "../../src/observe/metrics.ts";
import type { MetricFacts } from "../../src/observe/metrics.ts";
import { EVENTS } from "../../src/log/events.ts";
import { runbookUrl } from "../../tools/monitoring/alert.ts";
import { ALERTS } from "../../tools/monitoring/alerts.ts";
import { ROOT } from "../support/docs/checkout.ts";
import { HAS_PROMTOOL } from "../support/drill/promtool.ts";

const MONITORING = join(ROOT, "deploy", "monitoring");
const RUNBOOKS = join(ROOT, "docs", "runbooks");

interface Rules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Dashboard {
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const text = (name: string): string => readFileSync(join(MONITORING, name), "utf8");
const rules = parse(text("rules.yaml")) as Rules;
const dashboard = JSON.parse(text("dashboard.json")) as Dashboard;
const expressions = [
  ...rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr] as const)),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** The names in an expression that look like metrics of podkey. */
function metricsIn(expr: string): readonly string[] {
  const bare = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\b(?:by|without|ignoring|on) \([^)]*\)/g, "");
  return [...bare.matchAll(/\b(?:podkey|grpc_server|nodejs|process)_\w+/g)].map(([name]) => name);
}

describe("deploy/monitoring", function () {
  this.timeout(60_000);

  it("uses no metric that podkey does not have", async () => {
    const page = await createMetricsRegistry({ processMetrics: true }).page("prometheus");
    const known = new Set([...page.body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const asked = expressions.flatMap(([where, expr]) =>
      metricsIn(expr).map((name) => [where, name] as const),
    );
    const unknown = asked.filter(
      ([, name]) => !known.has(name.replace(/_(?:bucket|sum|count)$/, "")) && !known.has(name),
    );
    expect(unknown).to.deep.equal([]);
    expect(asked.length).to.be.greaterThan(60);
  });

  it("uses no label that a metric does not have", () => {
    const wrong = expressions.flatMap(([where, expr]) =>
      [...expr.matchAll(/\b((?:podkey|grpc_server)_\w+)\{([^}]*)\}/g)].flatMap(
        ([, name = "", matchers = ""]) => {
          const facts: MetricFacts | undefined = (METRICS as Readonly<Record<string, MetricFacts>>)[name];
          const labels = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label);
          const allowed = ["job", "namespace", "pod", ...(facts?.labels ?? labels)];
          return labels
            .filter((label) => !allowed.includes(label))
            .map((label) => `${where}: ${name}{${label}}`);
        },
      ),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("uses every metric of podkey on the dashboard or in an alert", () => {
    const shown = new Set(
      expressions.flatMap(([, expr]) =>
        metricsIn(expr).map((name) => name.replace(/_(?:bucket|sum|count)$/, "")),
      ),
    );
    // One series for each credential, and only with --metrics-credential-names: not for a panel of a fleet.
    const left = Object.keys(METRICS).filter((name) => !shown.has(name));
    expect(left).to.deep.equal(["podkey_credential_expire_timestamp_seconds"]);
  });

  it("has the same groups for Prometheus and for its operator", () => {
    const object = parse(text("prometheusrule.yaml")) as { readonly spec: Rules; readonly kind: string };
    expect(object.kind).to.equal("PrometheusRule");
    expect(object.spec).to.deep.equal(rules);
  });

  it("has severity, summary and runbook for every alert", () => {
    for (const { alert, labels, annotations } of rules.groups.flatMap((group) => group.rules)) {
      expect(labels["severity"], alert).to.be.oneOf(["critical", "warning", "info"]);
      expect(annotations["summary"], alert).to.match(/^[A-Z].*\.$/);
      expect(annotations["description"], alert).to.match(/\.$/);
      expect(annotations["runbook_url"], alert).to.match(new RegExp(`/${alert}$`));
    }
  });

  it("passes promtool check rules", function () {
    if (!HAS_PROMTOOL) this.skip();
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", "rules.yaml"], {
      cwd: MONITORING,
      encoding: "utf8",
    });
    expect(status, stdout + stderr).to.equal(0);
    expect(stdout).to.contain(`${String(ALERTS.length)} rules found`);
  });

  it("passes promtool test rules", function () {
    if (!HAS_PROMTOOL) this.skip();
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", "rules.test.yaml"], {
      cwd: MONITORING,
      encoding: "utf8",
    });
    expect(status, stdout + stderr).to.equal(0);
  });

  it("tests for every alert that it is quiet first and fires later", () => {
    const { tests } = parse(text("rules.test.yaml")) as {
      readonly tests: readonly {
        readonly name: string;
        readonly promql_expr_test?: readonly { readonly exp_samples: readonly object[] }[];
      }[];
    };
    for (const { name } of ALERTS) {
      const steps = tests.find((test) => test.name === name)?.promql_expr_test ?? [];
      expect(
        steps.map(({ exp_samples: samples }) => samples.length),
        name,
      ).to.deep.equal([0, 1]);
    }
  });

  it("places the panels of the dashboard without overlap", () => {
    const cells = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells.has(`${String(x)} ${String(y)}`), title).to.equal(false);
          expect(x, title).to.be.lessThan(24);
          cells.add(`${String(x)} ${String(y)}`);
        }
    }
    const rows = dashboard.panels.filter(({ type }) => type === "row").map(({ title }) => title);
    expect(rows).to.deep.equal(["Freshness", "Source", "Serving", "Consumers", "Process"]);
  });
});

describe("docs/runbooks", () => {
  it("has one page for each alert, and no other", () => {
    const pages = readdirSync(RUNBOOKS).toSorted();
    expect(pages).to.deep.equal(ALERTS.map(({ name }) => `${name}.md`).toSorted());
  });

  for (const alert of ALERTS) {
    it(`has the sections of the Prometheus runbook convention in ${alert.name}`, () => {
      const page = readFileSync(join(RUNBOOKS, `${alert.name}.md`), "utf8");
      expect(page)
        .to.match(new RegExp(`^# ${alert.name}$`, "m"))
        .and.to.contain(alert.expr);
      expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).to.deep.equal([
        "Meaning",
        "Impact",
        "Diagnosis",
        "Mitigation",
      ]);
      for (const section of page.split(/^## .*$/m).slice(1))
        expect(section.trim().length).to.be.greaterThan(15);
      expect(runbookUrl(alert).endsWith(`/runbooks/${alert.name}`)).to.equal(true);
    });

    it(`names no metric, event or option in ${alert.name} that podkey does not have`, () => {
      const page = readFileSync(join(RUNBOOKS, `${alert.name}.md`), "utf8");
      const metrics = [...page.matchAll(/\bpodkey_\w+/g)].map(([name]) =>
        name.replace(/_(?:bucket|sum|count)$/, ""),
      );
      expect(metrics.filter((name) => !(name in METRICS))).to.deep.equal([]);
      const events = [...page.matchAll(/`((?:app|kube|sync|store|rpc|credential|folder|audit)_[a-z_]+)`/g)];
      expect(events.map(([, name = ""]) => name).filter((name) => !(name in EVENTS))).to.deep.equal([]);
    });
  }
});
