/**
 * The Grafana dashboard as JSON: the rows of tools/monitoring/dashboard on Grafana's grid of 24 columns. It uses the labels
 * that the PodMonitor adds (`namespace`, `pod`), and works with any Prometheus data source.
 */
import { CONSUMERS_ROW } from "./dashboard/consumers-row.ts";
import { FRESHNESS_ROW } from "./dashboard/freshness-row.ts";
import type { Panel, Row } from "./dashboard/panel.ts";
import { PROCESS_ROW } from "./dashboard/process-row.ts";
import { SERVING_ROW } from "./dashboard/serving-row.ts";
import { SOURCE_ROW } from "./dashboard/source-row.ts";

const ROWS: readonly Row[] = [FRESHNESS_ROW, SOURCE_ROW, SERVING_ROW, CONSUMERS_ROW, PROCESS_ROW];

const PODS = 'namespace=~"$namespace",pod=~"$pod"';
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const GRID_COLUMNS = 24;
const SIZES: Readonly<Record<Panel["kind"], { readonly w: number; readonly h: number }>> = {
  stat: { w: 4, h: 4 },
  timeseries: { w: 12, h: 8 },
  table: { w: 12, h: 8 },
};

/** The file that Grafana imports. */
export function grafanaDashboard(): string {
  const dashboard = {
    title: "podkey",
    uid: "podkey",
    description: "Sidecars that serve credentials: freshness, source, serving, consumers, process.",
    tags: ["podkey"],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    templating: { list: variables() },
    panels: placed(),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function variables(): readonly object[] {
  const choice = (name: string, query: string): object => ({
    name,
    type: "query",
    datasource: DATASOURCE,
    query: { query, refId: name },
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue: ".*",
    current: { text: "All", value: "$__all" },
    sort: 1,
  });
  return [
    { name: "datasource", type: "datasource", query: "prometheus", current: {} },
    choice("namespace", "label_values(podkey_synced, namespace)"),
    choice("pod", 'label_values(podkey_synced{namespace=~"$namespace"}, pod)'),
  ];
}

function placed(): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  for (const row of ROWS) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const panel of row.panels) {
      const { w, h } = SIZES[panel.kind];
      // Stats and plots have different heights, so they do not share a line.
      if (x + w > GRID_COLUMNS || (lineHeight !== 0 && lineHeight !== h)) {
        y += lineHeight;
        x = 0;
      }
      lineHeight = h;
      panels.push({ id: panels.length + 1, gridPos: { x, y, w, h }, ...panelJson(panel) });
      x += w;
    }
    y += lineHeight;
  }
  return panels;
}

function panelJson({ title, description, kind, unit, queries, worryFrom }: Panel): object {
  const steps = [
    { color: "green", value: null },
    ...(worryFrom === undefined ? [] : [{ color: worryFrom.colour, value: worryFrom.value }]),
  ];
  return {
    type: kind,
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, thresholds: { mode: "absolute", steps } }, overrides: [] },
    ...(kind === "stat" && {
      options: { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "background" },
    }),
    ...(kind === "timeseries" && { options: { legend: { displayMode: "list", placement: "bottom" } } }),
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr: expr.replaceAll("$pods", PODS),
      legendFormat: legend,
      ...(kind === "table"
        ? { format: "table", instant: true }
        : { range: kind !== "stat", instant: kind === "stat" }),
    })),
  };
}
