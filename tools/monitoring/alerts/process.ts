/** Alerts on the process: its configuration, its event loop, its life. */
import type { AlertGroup } from "../alert.ts";
import { SIDECAR } from "../alert.ts";

/** The group. */
export const PROCESS_ALERTS: AlertGroup = {
  name: "podkey-process",
  alerts: [
    {
      name: "PodkeyConfigRejected",
      severity: "warning",
      expr: "podkey_config_last_reload_successful == 0",
      for: "1m",
      summary: "A changed configuration of podkey is broken and not in force.",
      description: `podkey in ${SIDECAR} could not use the file it was given and goes on with the policy before it; a restart would fail.`,
    },
    {
      name: "PodkeyEventLoopBlocked",
      severity: "warning",
      expr: "nodejs_eventloop_lag_p99_seconds > 0.5",
      for: "10m",
      summary: "A podkey sidecar cannot keep up.",
      description: `The event loop of podkey in ${SIDECAR} is late by more than half a second: reads and changes wait.`,
    },
    {
      name: "PodkeyRestarting",
      severity: "warning",
      expr: 'changes(process_start_time_seconds{job="podkey"}[1h]) > 2',
      for: "0m",
      summary: "A podkey sidecar restarts again and again.",
      description: `podkey in ${SIDECAR} was started anew more than twice within an hour. Consumers reconnect each time and begin with a reset.`,
    },
  ],
};
