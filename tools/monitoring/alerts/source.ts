/** Alerts on the way to the source: permissions, trust, limits, and a watch that does not hold. */
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
      summary: "The API server forbids what a podkey sidecar needs.",
      description: `podkey in ${SIDECAR} may not list and watch Secrets (403). It serves what it had, if it had anything, and goes on by itself once the right is granted.`,
    },
    {
      name: "PodkeyUnauthorized",
      severity: "critical",
      expr: 'podkey_source_state{reason="UNAUTHORIZED"} > 0',
      for: "1m",
      summary: "The API server does not accept the token of a podkey sidecar.",
      description: `podkey in ${SIDECAR} is answered 401: its ServiceAccount token has expired, is of another cluster, or its ServiceAccount is gone.`,
    },
    {
      name: "PodkeyApiServerUntrusted",
      severity: "critical",
      expr: grew('podkey_kube_requests_total{code="tls"}', "10m"),
      for: "1m",
      summary: "A podkey sidecar cannot verify the API server's certificate.",
      description: `podkey in ${SIDECAR} gives up TLS handshakes with the API server: its CA bundle does not hold the authority of the certificate that it is shown.`,
    },
    {
      name: "PodkeyOverLimits",
      severity: "critical",
      expr: 'podkey_stale_scopes{reason="LIMIT"} > 0',
      for: "1m",
      summary: "The source holds more than a podkey sidecar may keep.",
      description: `podkey in ${SIDECAR} has met --max-credentials or --max-bytes and stays with its last good snapshot; nothing was truncated, and nothing new arrives.`,
    },
    {
      name: "PodkeyThrottled",
      severity: "warning",
      expr: "increase(podkey_kube_throttled_seconds_total[15m]) > 60",
      for: "5m",
      summary: "A podkey sidecar waits for its own request limit.",
      description: `podkey in ${SIDECAR} spent more than a minute of the last 15 waiting for --api-qps and --api-burst; changes may arrive late.`,
    },
    {
      name: "PodkeySourceFlapping",
      severity: "warning",
      expr: "sum without (reason) (increase(podkey_relists_total[1h])) > 30",
      for: "5m",
      summary: "A podkey sidecar lists everything again and again.",
      description: `podkey in ${SIDECAR} took more than 30 complete lists in an hour. It stays right, but loads the API server; something ends or spoils its watches.`,
    },
    {
      name: "PodkeyDiverging",
      severity: "warning",
      expr: "increase(podkey_divergence_total[6h]) > 2",
      for: "1m",
      summary: "A podkey sidecar's watches lose events.",
      description: `podkey in ${SIDECAR} found by comparison that its watch had not told it of a change, several times in six hours. Each was repaired; until then old content was served as fresh.`,
    },
    {
      name: "PodkeyServesNothing",
      severity: "warning",
      expr: "podkey_snapshot_credentials == 0 and podkey_synced == 1",
      for: "5m",
      summary: "A podkey sidecar has nothing to serve.",
      description: `podkey in ${SIDECAR} is in good health and its selection matches no Secret: a wrong selector, namespace or label.`,
    },
  ],
};
