/**
 * The parts of an alert, and the expressions that alerts share. The alerts are in tools/monitoring/alerts, one file per
 * group; rules.ts writes them out.
 */
import { join } from "node:path";

/** One alert. */
export interface Alert {
  /** The prefix keeps it apart from the other alerts of a cluster. */
  readonly name: `Podkey${string}`;
  readonly severity: "critical" | "warning" | "info";
  /** PromQL. */
  readonly expr: string;
  /** How long the expression must hold before the alert fires, as a Prometheus duration. */
  readonly for: string;
  /** One line for a list of alerts. */
  readonly summary: string;
  /** What happened and its impact. `{{ $labels.NAME }}` is the only template allowed. */
  readonly description: string;
}

/** Alerts that belong together. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** How descriptions name a sidecar. The PodMonitor adds both labels. */
export const SIDECAR = "{{ $labels.namespace }}/{{ $labels.pod }}";

/** Where the pages of docs/runbooks are published. */
const RUNBOOKS = "https://podkey.dev/docs/runbooks";

/** The page of an alert, for its `runbook_url`. */
export function runbookUrl(alert: Alert): string {
  return `${RUNBOOKS}/${alert.name}`;
}

/** The page of an alert, as a path under docs/. */
export function runbookPath(alert: Alert): string {
  return join("runbooks", `${alert.name}.md`);
}

/**
 * Whether a counter has grown within a time. `increase` alone misses the first event of a series, because most series
 * appear only with their first event.
 */
export function grew(series: string, within: string): string {
  return `increase(${series}[${within}]) > 0 or (${series} > 0 unless ${series} offset ${within})`;
}
