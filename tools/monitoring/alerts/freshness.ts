/** Alerts on the age of what is served: whether a sidecar is there, has read everything once, and keeps up. */
import type { AlertGroup } from "../alert.ts";
import { SIDECAR } from "../alert.ts";

/** The group. */
export const FRESHNESS_ALERTS: AlertGroup = {
  name: "podkey-freshness",
  alerts: [
    {
      name: "PodkeyDown",
      severity: "critical",
      expr: 'up{job="podkey"} == 0',
      for: "5m",
      summary: "A podkey sidecar cannot be scraped.",
      description: `podkey in ${SIDECAR} has not answered on its admin port for 5 minutes: it does not start, or the port is blocked. Nothing is known of what it serves.`,
    },
    {
      name: "PodkeyNotSynced",
      severity: "critical",
      expr: "podkey_synced == 0",
      for: "5m",
      summary: "A podkey sidecar has not read its credentials once.",
      description: `podkey in ${SIDECAR} runs but has not finished its first sync, so the containers behind it do not start.`,
    },
    {
      name: "PodkeyStale",
      severity: "warning",
      expr: 'podkey_stale_scopes{reason!~"FORBIDDEN|UNAUTHORIZED|LIMIT"} > 0 and ignoring (reason) podkey_synced == 1',
      for: "2m",
      summary: "A podkey sidecar serves credentials that it cannot prove current.",
      description: `podkey in ${SIDECAR} serves its last good content as STALE ({{ $labels.reason }}). A rotation would not arrive.`,
    },
    {
      name: "PodkeyStaleForLong",
      severity: "critical",
      expr: "time() - (podkey_snapshot_as_of_timestamp_seconds > 0) > 1800",
      for: "1m",
      summary: "A podkey sidecar has had no proof from its source for half an hour.",
      description: `podkey in ${SIDECAR} serves credentials whose last proof is more than 30 minutes old; rotated or revoked ones are still in use.`,
    },
    {
      name: "PodkeyFleetStale",
      severity: "critical",
      expr: "count(sum without (reason) (podkey_stale_scopes) > 0) / count(podkey_synced) > 0.2 and count(podkey_synced) >= 5",
      for: "5m",
      summary: "More than a fifth of the podkey sidecars are stale.",
      description:
        "Many sidecars lost their source at once: look at the API server, its certificates and the network before any single pod.",
    },
  ],
};
