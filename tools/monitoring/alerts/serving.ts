/** Alerts on what consumers get: refusals, limits, slowness, bugs. */
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
      summary: "A podkey sidecar refuses reads because its content is too old.",
      description: `podkey in ${SIDECAR} answers reads of consumer {{ $labels.consumer }} with UNAVAILABLE: they ask for fresher content (max_age, --max-stale) than the source has proved.`,
    },
    {
      name: "PodkeySlowConsumer",
      severity: "warning",
      expr: grew('podkey_limit_rejections_total{limit="slow_consumer"}', "15m"),
      for: "0m",
      summary: "A consumer does not read its Watch.",
      description: `podkey in ${SIDECAR} ended a Watch of consumer {{ $labels.consumer }}: its client took nothing for 60 s while changes waited. Until it resumes it works with old credentials.`,
    },
    {
      name: "PodkeyLimitRejections",
      severity: "warning",
      expr: grew('podkey_limit_rejections_total{limit!="slow_consumer"}', "15m"),
      for: "0m",
      summary: "A consumer has met a limit of podkey.",
      description: `podkey in ${SIDECAR} refused a call or connection of consumer {{ $labels.consumer }} by the limit {{ $labels.limit }}.`,
    },
    {
      name: "PodkeyPolicyDenied",
      severity: "info",
      expr: "increase(podkey_policy_denied_total[15m]) > 0",
      for: "0m",
      summary: "A consumer asks for what its policy never allows.",
      description: `podkey in ${SIDECAR} denied calls of consumer {{ $labels.consumer }}: a rule is missing, or a container asks for what is not its own.`,
    },
    {
      name: "PodkeyChangesSlow",
      severity: "warning",
      expr: "histogram_quantile(0.99, rate(podkey_change_to_served_seconds_bucket[10m])) > 1",
      for: "10m",
      summary: "Changes take more than a second through podkey.",
      description: `In podkey of ${SIDECAR} one change in a hundred needs more than a second from its arrival until every consumer's view has it.`,
    },
    {
      name: "PodkeyAuditLinesDropped",
      severity: "warning",
      expr: "increase(podkey_audit_dropped_total[15m]) > 0",
      for: "0m",
      summary: "The audit log of a podkey sidecar has holes.",
      description: `podkey in ${SIDECAR} left audit lines out because there were more than its rate limit allows.`,
    },
    {
      name: "PodkeyLogLinesDropped",
      severity: "warning",
      expr: "increase(podkey_log_lines_dropped_total[15m]) > 0",
      for: "0m",
      summary: "The log of a podkey sidecar has holes.",
      description: `podkey in ${SIDECAR} dropped log lines because nobody took them: the reader of its standard output does not keep up, or hangs.`,
    },
    {
      name: "PodkeySdsRefused",
      severity: "warning",
      expr: 'podkey_sds_streams{state="refused"} > 0',
      for: "2m",
      summary: "An Envoy refuses the secrets that podkey sends.",
      description: `A client of podkey in ${SIDECAR} refused the newest version of secrets of consumer {{ $labels.consumer }} and goes on with what it had, until that expires.`,
    },
    {
      name: "PodkeyInternalErrors",
      severity: "critical",
      expr: grew('grpc_server_handled_total{grpc_service=~"podkey.*",grpc_code="Internal"}', "15m"),
      for: "0m",
      summary: "A podkey sidecar has met a bug of its own.",
      description: `podkey in ${SIDECAR} answered {{ $labels.grpc_method }} with INTERNAL; the details are in its log as rpc_invariant.`,
    },
  ],
};
