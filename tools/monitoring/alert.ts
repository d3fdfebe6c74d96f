/**
 * What an alert is made of, and the idioms that its expressions share. The tables of alerts are in `alerts/`, one file a
 * group; `rules.ts` writes them out.
 */
import { join } from "node:path";

/** One alert. */
export interface Alert {
  /** CamelCase, with our prefix: a cluster has alerts of many makers. */
  readonly name: `Podkey${string}`;
  readonly severity: "critical" | "warning" | "info";
  /** PromQL. */
  readonly expr: string;
  /** How long it must hold before anybody is told, as Prometheus writes durations. */
  readonly for: string;
  /** One line for a list of alerts. */
  readonly summary: string;
  /** What happened and what it costs; may name labels as `{{ $labels.pod }}`, and nothing else. */
  readonly description: string;
}

/** Alerts that belong together. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** A sidecar as descriptions name it. The PodMonitor gives both labels. */
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
 * Whether a counter has grown within a time. `increase` alone does not see a series that comes into being with its first
 * event, which is how most of ours do.
 */
export function grew(series: string, within: string): string {
  return `increase(${series}[${within}]) > 0 or (${series} > 0 unless ${series} offset ${within})`;
}
