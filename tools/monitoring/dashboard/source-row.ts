/** Row "Source": traffic between podkey and the API server or folder. */
import type { Row } from "./panel.ts";
import { lines, POD } from "./panel.ts";

const rate = (series: string, by: string): string =>
  `sum by (${by}) (rate(${series}{$pods}[$__rate_interval]))`;

/** The row. */
export const SOURCE_ROW: Row = {
  title: "Source",
  panels: [
    lines("Scopes by state", "Live, or stale with the reason.", "short", [
      { expr: "sum by (state, reason) (podkey_source_state{$pods})", legend: "{{state}} {{reason}}" },
    ]),
    lines("Events", "Events of the source, by type.", "ops", [
      { expr: rate("podkey_source_events_total", "type"), legend: "{{type}}" },
      { expr: rate("podkey_kube_events_total", "type"), legend: "watch line {{type}}" },
      { expr: rate("podkey_events_dropped_total", "reason"), legend: "dropped: {{reason}}" },
    ]),
    lines(
      "Requests to the API server",
      "By verb and status code; a word instead of a code means that there was no response.",
      "reqps",
      [
        { expr: rate("podkey_kube_requests_total", "verb, code"), legend: "{{verb}} {{code}}" },
        { expr: rate("podkey_kube_list_pages_total", "job"), legend: "list pages" },
      ],
    ),
    lines("Duration of requests, p99", "For a watch: until its headers.", "s", [
      {
        expr: "histogram_quantile(0.99, sum by (le, verb) (rate(podkey_kube_request_duration_seconds_bucket{$pods}[$__rate_interval])))",
        legend: "{{verb}}",
      },
    ]),
    lines("Reconnects", "Restarted watches and retries, by reason.", "ops", [
      { expr: rate("podkey_watch_restarts_total", "reason"), legend: "watch: {{reason}}" },
      { expr: rate("podkey_kube_retries_total", "reason"), legend: "retry: {{reason}}" },
      { expr: rate("podkey_ping_timeouts_total", "job"), legend: "PING timeout" },
    ]),
    lines(
      "Complete lists and differences",
      "Lists load the API server; differences are lost events.",
      "ops",
      [
        { expr: rate("podkey_relists_total", "reason"), legend: "list: {{reason}}" },
        { expr: rate("podkey_divergence_total", "job"), legend: "difference found" },
      ],
    ),
    lines("Waiting", "Backoff after failures, and delay by --api-qps.", "s", [
      { expr: "podkey_backoff_seconds{$pods}", legend: `backoff ${POD}` },
      { expr: rate("podkey_kube_throttled_seconds_total", "namespace, pod"), legend: `own limit ${POD}` },
    ]),
  ],
};
