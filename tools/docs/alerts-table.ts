/**
 * The table of alerts in docs/operations.md, and the facts at the head of each runbook.
 */
import type { Alert } from "../monitoring/alert.ts";
import { runbookPath } from "../monitoring/alert.ts";
import { ALERT_GROUPS, ALERTS } from "../monitoring/alerts.ts";
import { betweenMarkers } from "./between-markers.ts";
import { code, table } from "./markdown.ts";

/** docs/operations.md with the current table. */
export function operationsPage(now: string): string {
  const rows = ALERTS.map((alert) => [
    `[${alert.name}](${runbookPath(alert)})`,
    alert.severity,
    alert.for,
    alert.summary,
  ]);
  return betweenMarkers(now, "alerts", table(["Alert", "Severity", "For", "Summary"], rows));
}

/** The page of an alert with its current facts. */
export function runbookPage(alert: Alert): (now: string) => string {
  const group = ALERT_GROUPS.find(({ alerts }) => alerts.includes(alert))?.name ?? "";
  const facts = `${alert.summary} Severity **${alert.severity}**, group ${code(group)}, fires after ${code(alert.for)}.

\`\`\`promql
${alert.expr}
\`\`\``;
  return (now) => betweenMarkers(now, "alert", facts);
}
