/** Row "Process": what it costs and what runs. */
import type { Row } from "./panel.ts";
import { lines, POD, stat } from "./panel.ts";

/** The row. */
export const PROCESS_ROW: Row = {
  title: "Process",
  panels: [
    stat(
      "Configuration rejected",
      "Sidecars that could not use a changed file.",
      "count(podkey_config_last_reload_successful{$pods} == 0) or vector(0)",
      { value: 1, colour: "orange" },
    ),
    stat(
      "Configurations",
      "Different configurations in force; more than one while a roll-out is under way.",
      "count(count by (hash) (podkey_config_hash_info{$pods}))",
    ),
    stat(
      "Last reload",
      "When a configuration was last taken over.",
      "max(podkey_config_last_reload_success_timestamp_seconds{$pods}) * 1000",
      undefined,
      "dateTimeAsIso",
    ),
    lines("CPU", "Cores in use.", "short", [
      { expr: "rate(process_cpu_seconds_total{$pods}[$__rate_interval])", legend: POD },
    ]),
    lines("Memory", "Resident, against the values held.", "bytes", [
      { expr: "process_resident_memory_bytes{$pods}", legend: `resident ${POD}` },
      { expr: "podkey_snapshot_bytes{$pods}", legend: `values ${POD}` },
      { expr: "podkey_credential_max_size_bytes{$pods}", legend: `largest credential ${POD}` },
    ]),
    lines("Event loop lag, p99", "Everything waits behind it; above 0.5 s is trouble.", "s", [
      { expr: "nodejs_eventloop_lag_p99_seconds{$pods}", legend: POD },
    ]),
    lines("Open files", "Sockets of consumers are among them.", "short", [
      { expr: "process_open_fds{$pods}", legend: POD },
    ]),
    {
      title: "Versions",
      description: "What runs where.",
      kind: "table",
      unit: "none",
      queries: [
        { expr: "count by (version, revision, node_version) (podkey_build_info{$pods})", legend: "" },
      ],
    },
  ],
};
