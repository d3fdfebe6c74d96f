/** Alerts on availability and freshness: whether a sidecar runs, has completed its first sync, and is up to date. */
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
      description: `podkey in ${SIDECAR} has not answered on its admin port for 5 minutes: it does not start, or the port is blocked. There is no information about what it serves.`,
    },
    {
      name: "PodkeyNotSynced",
      severity: "critical",
      expr: "podkey_synced == 0",
      for: "5m",
      summary: "A podkey sidecar has not completed its first sync.",
      description: `podkey in ${SIDECAR} runs but has not completed its first sync, so the app containers of the pod do not start.`,
    },
    {
      name: "PodkeyStale",
      severity: "warning",
      expr: 'podkey_stale_scopes{reason!~"FORBIDDEN|UNAUTHORIZED|LIMIT"} > 0 and ignoring (reason) podkey_synced == 1',
      for: "2m",
      summary: "A podkey sidecar serves credentials that it cannot verify.",
      description: `podkey in ${SIDECAR} serves its last good content as STALE ({{ $labels.reason }}). A rotation does not reach the application.`,
    },
    {
      name: "PodkeyStaleForLong",
      severity: "critical",
      expr: "time() - (podkey_snapshot_as_of_timestamp_seconds > 0) > 1800",
      for: "1m",
      summary: "A podkey sidecar has not verified its data for half an hour.",
      description: `podkey in ${SIDECAR} serves credentials that were last verified more than 30 minutes ago. Rotated or revoked credentials may still be in use.`,
    },
    {
      name: "PodkeyFleetStale",
      severity: "critical",
      expr: "count(sum without (reason) (podkey_stale_scopes) > 0) / count(podkey_synced) > 0.2 and count(podkey_synced) >= 5",
      for: "5m",
      summary: "More than a fifth of the podkey sidecars are stale.",
      description:
        "Many sidecars lost their source at the same time. Check the API server, its certificates and the network before you check a single pod.",
    },
  ],
};
