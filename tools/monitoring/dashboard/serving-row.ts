/** Row "Serving": calls, with the metrics of go-grpc-prometheus. */
import type { Row } from "./panel.ts";
import { lines } from "./panel.ts";

/** The row. */
export const SERVING_ROW: Row = {
  title: "Serving",
  panels: [
    lines("Calls", "Started, by method.", "reqps", [
      {
        expr: "sum by (grpc_method) (rate(grpc_server_started_total{$pods}[$__rate_interval]))",
        legend: "{{grpc_method}}",
      },
    ]),
    lines("Calls that failed", "By method and code.", "reqps", [
      {
        expr: 'sum by (grpc_method, grpc_code) (rate(grpc_server_handled_total{$pods,grpc_code!="OK"}[$__rate_interval]))',
        legend: "{{grpc_method}} {{grpc_code}}",
      },
    ]),
    lines("Duration of Get and List", "Median and p99.", "s", [
      ...[0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${String(quantile)}, sum by (le, grpc_method) (rate(grpc_server_handling_seconds_bucket{$pods,grpc_service="podkey.v1.CredentialService"}[$__rate_interval])))`,
        legend: `{{grpc_method}} p${String(quantile * 100)}`,
      })),
    ]),
    lines("Messages", "Total of all methods.", "ops", [
      { expr: "sum(rate(grpc_server_msg_received_total{$pods}[$__rate_interval]))", legend: "received" },
      { expr: "sum(rate(grpc_server_msg_sent_total{$pods}[$__rate_interval]))", legend: "sent" },
    ]),
    lines(
      "Change to transport, p99",
      "From a change of a view until its Watch message is handed to the transport.",
      "s",
      [
        {
          expr: "histogram_quantile(0.99, sum by (le) (rate(podkey_watch_send_duration_seconds_bucket{$pods}[$__rate_interval])))",
          legend: "p99",
        },
      ],
    ),
  ],
};
