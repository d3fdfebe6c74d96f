/** Row "Process": configuration, resources and versions. */
import type { Row } from "./panel.ts";
import { lines, POD, stat } from "./panel.ts";

/** The row. */
export const PROCESS_ROW: Row = {
  title: "Process",
  panels: [
    stat(
      "Configuration rejected",
      "Sidecars that rejected a changed file.",
      "count(podkey_config_last_reload_successful{$pods} == 0) or vector(0)",
      { value: 1, colour: "orange" },
    ),
    stat(
      "Configurations",
      "Number of different configurations; more than one during a rollout.",
      "count(count by (hash) (podkey_config_hash_info{$pods}))",
    ),
    stat(
      "Last reload",
      "When a configuration was last loaded.",
      "max(podkey_config_last_reload_success_timestamp_seconds{$pods}) * 1000",
      undefined,
      "dateTimeAsIso",
    ),
    lines("CPU", "CPU cores in use.", "short", [
      { expr: "rate(process_cpu_seconds_total{$pods}[$__rate_interval])", legend: POD },
    ]),
    lines("Memory", "Resident memory, and the size of the values.", "bytes", [
      { expr: "process_resident_memory_bytes{$pods}", legend: `resident ${POD}` },
      { expr: "podkey_snapshot_bytes{$pods}", legend: `values ${POD}` },
      { expr: "podkey_credential_max_size_bytes{$pods}", legend: `largest credential ${POD}` },
    ]),
    lines("Event loop lag, p99", "It delays all reads and changes. Above 0.5 s an alert fires.", "s", [
      { expr: "nodejs_eventloop_lag_p99_seconds{$pods}", legend: POD },
    ]),
    lines("Open files", "Includes the sockets of consumers.", "short", [
      { expr: "process_open_fds{$pods}", legend: POD },
    ]),
    {
      title: "Versions",
      description: "Versions of podkey and Node.",
      kind: "table",
      unit: "none",
      queries: [
        { expr: "count by (version, revision, node_version) (podkey_build_info{$pods})", legend: "" },
      ],
    },
  ],
};
