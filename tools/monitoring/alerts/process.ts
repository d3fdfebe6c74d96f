/** Alerts on the process: its configuration, its event loop, its restarts. */
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
      summary: "A configuration change of podkey was rejected.",
      description: `podkey in ${SIDECAR} rejected the changed file and continues with the previous configuration. A restart would fail.`,
    },
    {
      name: "PodkeyEventLoopBlocked",
      severity: "warning",
      expr: "nodejs_eventloop_lag_p99_seconds > 0.5",
      for: "10m",
      summary: "The event loop of a podkey sidecar is blocked.",
      description: `The event loop of podkey in ${SIDECAR} lags by more than half a second, which delays reads and changes.`,
    },
    {
      name: "PodkeyRestarting",
      severity: "warning",
      expr: 'changes(process_start_time_seconds{job="podkey"}[1h]) > 2',
      for: "0m",
      summary: "A podkey sidecar restarts repeatedly.",
      description: `podkey in ${SIDECAR} restarted more than twice in an hour. After each restart, clients reconnect and start with a reset.`,
    },
  ],
};
