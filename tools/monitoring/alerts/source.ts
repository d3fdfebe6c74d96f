/** Alerts on the source: permissions, trust, limits, unstable watches. */
import type { AlertGroup } from "../alert.ts";
import { grew, SIDECAR } from "../alert.ts";

/** The group. */
export const SOURCE_ALERTS: AlertGroup = {
  name: "podkey-source",
  alerts: [
    {
      name: "PodkeyForbidden",
      severity: "critical",
      expr: 'podkey_source_state{reason="FORBIDDEN"} > 0',
      for: "1m",
      summary: "A podkey sidecar lacks a permission.",
      description: `podkey in ${SIDECAR} may not list and watch Secrets (403). It continues to serve its last good content, if any, and recovers by itself once the permission is granted.`,
    },
    {
      name: "PodkeyUnauthorized",
      severity: "critical",
      expr: 'podkey_source_state{reason="UNAUTHORIZED"} > 0',
      for: "1m",
      summary: "The API server rejects the token of a podkey sidecar.",
      description: `podkey in ${SIDECAR} gets 401: its ServiceAccount token has expired or is from another cluster, or the ServiceAccount was deleted.`,
    },
    {
      name: "PodkeyApiServerUntrusted",
      severity: "critical",
      expr: grew('podkey_kube_requests_total{code="tls"}', "10m"),
      for: "1m",
      summary: "A podkey sidecar cannot verify the API server's certificate.",
      description: `podkey in ${SIDECAR} cannot complete TLS handshakes with the API server: the certificate is not signed by an authority of its CA bundle.`,
    },
    {
      name: "PodkeyOverLimits",
      severity: "critical",
      expr: 'podkey_stale_scopes{reason="LIMIT"} > 0',
      for: "1m",
      summary: "The source exceeds the limits of a podkey sidecar.",
      description: `podkey in ${SIDECAR} has reached --max-credentials or --max-bytes. It keeps its last good snapshot in full and applies no further changes.`,
    },
    {
      name: "PodkeyThrottled",
      severity: "warning",
      expr: "increase(podkey_kube_throttled_seconds_total[15m]) > 60",
      for: "5m",
      summary: "A podkey sidecar is slowed down by its own request limit.",
      description: `podkey in ${SIDECAR} waited more than 1 of the last 15 minutes because of --api-qps and --api-burst. Changes may arrive late.`,
    },
    {
      name: "PodkeySourceFlapping",
      severity: "warning",
      expr: "sum without (reason) (increase(podkey_relists_total[1h])) > 30",
      for: "5m",
      summary: "A podkey sidecar lists the source repeatedly.",
      description: `podkey in ${SIDECAR} made more than 30 complete lists in an hour. Its data is correct, but it loads the API server: something closes or damages its watches.`,
    },
    {
      name: "PodkeyDiverging",
      severity: "warning",
      expr: "increase(podkey_divergence_total[6h]) > 2",
      for: "1m",
      summary: "The watches of a podkey sidecar lose events.",
      description: `podkey in ${SIDECAR} found several times in six hours that its watch had missed a change. Each difference was repaired, but until then old content was served as fresh.`,
    },
    {
      name: "PodkeyServesNothing",
      severity: "warning",
      expr: "podkey_snapshot_credentials == 0 and podkey_synced == 1",
      for: "5m",
      summary: "The selection of a podkey sidecar is empty.",
      description: `podkey in ${SIDECAR} is healthy, but its selection matches no Secret: the selector, the namespace or a label is wrong.`,
    },
  ],
};
