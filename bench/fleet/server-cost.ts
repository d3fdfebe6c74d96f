/**
 * The work of an API server by its /metrics: requests for Secrets by verb, seats of API priority and fairness, CPU time and
 * memory. Read before and after; the difference is the cost.
 */
import type { KubeClient } from "../../test/support/kube/kube-client.ts";

/** A reading, or the difference of two. */
export interface ServerCost {
  /** Watches that were started: those that ended, plus the increase of the open ones. */
  readonly watches: number;
  readonly lists: number;
  readonly gets: number;
  /** Sum of the seats of the accepted requests; a seat is one slot of the server while a request starts. */
  readonly seats: number;
  /** Seats times the seconds that they were held. */
  readonly seatSeconds: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Labels that a line must carry: requests for Secrets, and the flow of ServiceAccounts. */
const SECRETS = 'resource="secrets"';
const ACCOUNTS = 'flow_schema="service-accounts"';

/** Reads the counters as the administrator, whose requests are in another flow schema than the measured ones. */
export async function readServerCost(admin: KubeClient): Promise<ServerCost> {
  const { body } = await admin.ask("GET", "/metrics");
  const lines = String(body).split("\n");
  const verb = (name: string): number => sum(lines, "apiserver_request_total", [SECRETS, `verb="${name}"`]);
  return {
    watches: verb("WATCH") + sum(lines, "apiserver_longrunning_requests", [SECRETS, 'verb="WATCH"']),
    lists: verb("LIST"),
    gets: verb("GET"),
    seats: sum(lines, "apiserver_flowcontrol_work_estimated_seats_sum", [ACCOUNTS]),
    seatSeconds: sum(lines, "apiserver_flowcontrol_request_execution_seconds_sum", [ACCOUNTS]),
    cpuSeconds: sum(lines, "process_cpu_seconds_total", []),
    rssBytes: sum(lines, "process_resident_memory_bytes", []),
  };
}

/** What happened between two readings. */
export function costBetween(from: ServerCost, to: ServerCost): ServerCost {
  const keys = Object.keys(from) as (keyof ServerCost)[];
  return Object.fromEntries(keys.map((key) => [key, to[key] - from[key]])) as unknown as ServerCost;
}

function sum(lines: readonly string[], metric: string, labels: readonly string[]): number {
  let total = 0;
  for (const line of lines) {
    if (!line.startsWith(metric) || !/^[{ ]/.test(line.slice(metric.length))) continue;
    if (labels.every((label) => line.includes(label))) total += Number(line.slice(line.lastIndexOf(" ")));
  }
  return total;
}
