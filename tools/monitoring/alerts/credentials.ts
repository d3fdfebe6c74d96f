/** Alerts on the credentials themselves: missing, expiring, overdue, broken. */
import type { AlertGroup } from "../alert.ts";
import { SIDECAR } from "../alert.ts";

/** The group. */
export const CREDENTIAL_ALERTS: AlertGroup = {
  name: "podkey-credentials",
  alerts: [
    {
      name: "PodkeyRequiredMissing",
      severity: "critical",
      expr: "podkey_required_missing > 0",
      for: "2m",
      summary: "A credential that a podkey sidecar requires is missing.",
      description: `podkey in ${SIDECAR} finds nothing for an entry of --require. Before the start the pod waits for it; later the application has lost it.`,
    },
    {
      name: "PodkeyCredentialExpired",
      severity: "critical",
      expr: "podkey_credential_earliest_expire_timestamp_seconds < time()",
      for: "1m",
      summary: "A credential that podkey serves has expired.",
      description: `podkey in ${SIDECAR} serves a certificate, token or other credential whose time is over. It is served all the same; whoever checks it will refuse it.`,
    },
    {
      name: "PodkeyCredentialExpiresSoon",
      severity: "warning",
      expr: "0 <= podkey_credential_earliest_expire_timestamp_seconds - time() < 7 * 86400",
      for: "10m",
      summary: "A credential that podkey serves expires within a week.",
      description: `The earliest expiry among the credentials of podkey in ${SIDECAR} is less than 7 days away and it has not been renewed.`,
    },
    {
      name: "PodkeyRotationOverdue",
      severity: "warning",
      expr: "podkey_rotation_overdue > 0",
      for: "1h",
      summary: "A credential was not rotated when it should have been.",
      description: `podkey in ${SIDECAR} serves a credential whose podkey.dev/next-rotation lies in the past by more than an hour.`,
    },
    {
      name: "PodkeyCredentialProblems",
      severity: "warning",
      expr: "podkey_credential_problems > 0",
      for: "15m",
      summary: "A credential that podkey serves has something wrong about it.",
      description: `podkey in ${SIDECAR} sees {{ $labels.reason }} in one credential or more; what cannot be decoded is kept at its last good content.`,
    },
  ],
};
