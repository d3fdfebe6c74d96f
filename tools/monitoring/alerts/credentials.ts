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
      description: `podkey in ${SIDECAR} has no credential that matches an entry of --require. A pod that is starting waits for it; in a running pod the application has lost it.`,
    },
    {
      name: "PodkeyCredentialExpired",
      severity: "critical",
      expr: "podkey_credential_earliest_expire_timestamp_seconds < time()",
      for: "1m",
      summary: "A credential that podkey serves has expired.",
      description: `podkey in ${SIDECAR} serves a certificate, token or other credential that has expired. podkey continues to serve it, but systems that check the expiry reject it.`,
    },
    {
      name: "PodkeyCredentialExpiresSoon",
      severity: "warning",
      expr: "0 <= podkey_credential_earliest_expire_timestamp_seconds - time() < 7 * 86400",
      for: "10m",
      summary: "A credential that podkey serves expires within a week.",
      description: `A credential of podkey in ${SIDECAR} expires in less than 7 days and has not been renewed.`,
    },
    {
      name: "PodkeyRotationOverdue",
      severity: "warning",
      expr: "podkey_rotation_overdue > 0",
      for: "1h",
      summary: "The rotation of a credential is overdue.",
      description: `podkey in ${SIDECAR} serves a credential whose podkey.dev/next-rotation is more than an hour in the past.`,
    },
    {
      name: "PodkeyCredentialProblems",
      severity: "warning",
      expr: "podkey_credential_problems > 0",
      for: "15m",
      summary: "A credential that podkey serves has a problem.",
      description: `podkey in ${SIDECAR} reports {{ $labels.reason }} for at least one credential. A Secret that cannot be decoded keeps its last good content.`,
    },
  ],
};
