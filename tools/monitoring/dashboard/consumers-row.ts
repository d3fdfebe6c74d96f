/** Row "Consumers": their connections, reads and refused calls. */
import type { Row } from "./panel.ts";
import { lines, stat } from "./panel.ts";

const rate = (series: string, by: string): string =>
  `sum by (${by}) (rate(${series}{$pods}[$__rate_interval]))`;

/** The row. */
export const CONSUMERS_ROW: Row = {
  title: "Consumers",
  panels: [
    lines("Open", "Watches and connections of each consumer.", "short", [
      { expr: "sum by (consumer) (podkey_watch_streams{$pods})", legend: "{{consumer}} Watches" },
      { expr: "sum by (consumer) (podkey_connections{$pods})", legend: "{{consumer}} connections" },
    ]),
    lines("Reads", "Get and List, by outcome.", "reqps", [
      {
        expr: rate("podkey_reads_total", "consumer, method, outcome"),
        legend: "{{consumer}} {{method}} {{outcome}}",
      },
    ]),
    lines("Refused", "By policy and by limits.", "ops", [
      { expr: rate("podkey_policy_denied_total", "consumer"), legend: "{{consumer}} policy" },
      { expr: rate("podkey_limit_rejections_total", "consumer, limit"), legend: "{{consumer}} {{limit}}" },
    ]),
    lines("View revisions", "Changes of the view of each consumer.", "ops", [
      {
        expr: "sum by (consumer) (rate(podkey_snapshot_revision{$pods}[$__rate_interval]))",
        legend: "{{consumer}}",
      },
    ]),
    lines("SDS", "SDS streams by state, and responses by outcome.", "short", [
      { expr: "sum by (consumer, state) (podkey_sds_streams{$pods})", legend: "{{consumer}} {{state}}" },
      { expr: rate("podkey_sds_responses_total", "consumer, outcome"), legend: "{{consumer}} {{outcome}}" },
    ]),
    stat(
      "SDS refused",
      "SDS clients that rejected the newest version of their secrets and use an older one.",
      'sum(podkey_sds_streams{$pods,state="refused"}) or vector(0)',
      { value: 1, colour: "orange" },
    ),
    stat(
      "Log lines dropped",
      "In the selected time range, because standard output was not read.",
      "sum(increase(podkey_log_lines_dropped_total{$pods}[$__range])) or vector(0)",
      { value: 1, colour: "orange" },
    ),
    lines("Slow readers", "Changes merged for slow readers; audit and log lines dropped.", "ops", [
      { expr: rate("podkey_watch_coalesced_total", "namespace, pod"), legend: "merged {{pod}}" },
      { expr: rate("podkey_audit_dropped_total", "namespace, pod"), legend: "audit {{pod}}" },
      { expr: rate("podkey_log_lines_dropped_total", "namespace, pod"), legend: "log {{pod}}" },
    ]),
    {
      title: "Listeners",
      description: "Address and mode of every listener.",
      kind: "table",
      unit: "none",
      queries: [{ expr: "podkey_listener_info{$pods}", legend: "" }],
    },
  ],
};
