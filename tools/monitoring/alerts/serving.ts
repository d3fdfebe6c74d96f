/** Alerts on what consumers get: refused calls, limits, delays, bugs. */
import type { AlertGroup } from "../alert.ts";
import { grew, SIDECAR } from "../alert.ts";

/** The group. */
export const SERVING_ALERTS: AlertGroup = {
  name: "podkey-serving",
  alerts: [
    {
      name: "PodkeyReadsRefused",
      severity: "warning",
      expr: 'sum without (method, outcome) (rate(podkey_reads_total{outcome=~"NOT_SYNCED|SOURCE_STALE"}[5m])) > 0.01',
      for: "2m",
      summary: "A podkey sidecar refuses reads because its data is too old.",
      description: `podkey in ${SIDECAR} returns UNAVAILABLE to consumer {{ $labels.consumer }}: its data was last verified longer ago than max_age or --max-stale allows.`,
    },
    {
      name: "PodkeySlowConsumer",
      severity: "warning",
      expr: grew('podkey_limit_rejections_total{limit="slow_consumer"}', "15m"),
      for: "0m",
      summary: "A consumer does not read its Watch.",
      description: `podkey in ${SIDECAR} closed a Watch of consumer {{ $labels.consumer }}: its client read nothing for 60 s while changes were waiting. Until it resumes, it uses old credentials.`,
    },
    {
      name: "PodkeyLimitRejections",
      severity: "warning",
      expr: grew('podkey_limit_rejections_total{limit!="slow_consumer"}', "15m"),
      for: "0m",
      summary: "A consumer has reached a limit of podkey.",
      description: `podkey in ${SIDECAR} refused a call or connection of consumer {{ $labels.consumer }} because of the limit {{ $labels.limit }}.`,
    },
    {
      name: "PodkeyPolicyDenied",
      severity: "info",
      expr: "increase(podkey_policy_denied_total[15m]) > 0",
      for: "0m",
      summary: "A consumer requests what its policy does not allow.",
      description: `podkey in ${SIDECAR} denied calls of consumer {{ $labels.consumer }}: a rule is missing, or a container requests credentials of another one.`,
    },
    {
      name: "PodkeyChangesSlow",
      severity: "warning",
      expr: "histogram_quantile(0.99, rate(podkey_change_to_served_seconds_bucket[10m])) > 1",
      for: "10m",
      summary: "Changes take more than a second to reach consumers.",
      description: `In podkey in ${SIDECAR}, 1 % of the changes take more than a second from their arrival until every consumer's view contains them.`,
    },
    {
      name: "PodkeyAuditLinesDropped",
      severity: "warning",
      expr: "increase(podkey_audit_dropped_total[15m]) > 0",
      for: "0m",
      summary: "A podkey sidecar dropped audit lines.",
      description: `podkey in ${SIDECAR} dropped audit lines because of its rate limit.`,
    },
    {
      name: "PodkeyLogLinesDropped",
      severity: "warning",
      expr: "increase(podkey_log_lines_dropped_total[15m]) > 0",
      for: "0m",
      summary: "A podkey sidecar dropped log lines.",
      description: `podkey in ${SIDECAR} dropped log lines because its standard output was not read: the log collector hangs or is too slow.`,
    },
    {
      name: "PodkeySdsRefused",
      severity: "warning",
      expr: 'podkey_sds_streams{state="refused"} > 0',
      for: "2m",
      summary: "An SDS client rejects the secrets that podkey sends.",
      description: `An SDS client of consumer {{ $labels.consumer }} of podkey in ${SIDECAR} rejected the newest version of its secrets. It keeps the previous version until that expires.`,
    },
    {
      name: "PodkeyInternalErrors",
      severity: "critical",
      expr: grew('grpc_server_handled_total{grpc_service=~"podkey.*",grpc_code="Internal"}', "15m"),
      for: "0m",
      summary: "A podkey sidecar returned an internal error.",
      description: `podkey in ${SIDECAR} returned INTERNAL from {{ $labels.grpc_method }} because of a bug. The details are in its log as rpc_invariant.`,
    },
  ],
};
