/**
 * Runs `promtool test rules` on deploy/monitoring with scraped metrics as input. promtool is in Debian's `prometheus`; tests that
 * need it are skipped without it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ROOT } from "../docs/checkout.ts";
import type { Scrape } from "./metrics-text.ts";

/** The rules of deploy/monitoring. */
export const RULES = join(ROOT, "deploy", "monitoring", "rules.yaml");

/** Whether promtool is installed. */
export const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).status === 0;

/** The metrics of one sidecar over time, and the expected alerts at the end. */
export interface RecordedCase {
  readonly name: string;
  /** Metrics during `BEFORE_MINUTES`; undefined: the sidecar did not exist. */
  readonly before: Scrape | undefined;
  /** Metrics after that. */
  readonly during: Scrape;
  /** When the alerts are checked. */
  readonly atMinutes: number;
  readonly firing: readonly string[];
}

const BEFORE_MINUTES = 20;
/** The labels that the PodMonitor adds. */
const TARGET = 'job="podkey",namespace="shop",pod="web-0"';

/** Runs promtool on the cases; returns its errors, empty if every case fires exactly the expected alerts. */
export function faultsOfRules(cases: readonly RecordedCase[]): string {
  const folder = mkdtempSync(join(tmpdir(), "podkey-promtool-"));
  try {
    const file = join(folder, "recorded.yaml");
    writeFileSync(
      file,
      stringify({ rule_files: [RULES], evaluation_interval: "1m", tests: cases.map(testOf) }),
    );
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
    return status === 0 ? "" : stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testOf({ name, before, during, atMinutes, firing }: RecordedCase): object {
  return {
    name,
    interval: "1m",
    input_series: inputOf(before, during),
    promql_expr_test: [
      {
        expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: `${String(BEFORE_MINUTES + atMinutes)}m`,
        exp_samples: firing.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
      },
    ],
  };
}

function inputOf(before: Scrape | undefined, during: Scrape): readonly object[] {
  const ids = new Set([before, during].flatMap((scrape) => [...valuesOf(scrape).keys()]));
  return [...ids].map((id) => ({
    series: id,
    values: [
      held(before, id, -BEFORE_MINUTES, BEFORE_MINUTES - 1) ?? `_x${String(BEFORE_MINUTES)}`,
      held(during, id, 0, 120) ?? "stale",
    ].join(" "),
  }));
}

/**
 * A constant series in promtool's syntax. promtool's clock starts at 0, so timestamps are converted; a fresh snapshot keeps the
 * age that it had at the scrape.
 */
function held(scrape: Scrape | undefined, id: string, fromMinute: number, times: number): string | undefined {
  const value = valuesOf(scrape).get(id);
  if (scrape === undefined || value === undefined) return undefined;
  if (!id.includes("_timestamp_seconds")) return `${String(value)}x${String(times)}`;
  const startSeconds = (BEFORE_MINUTES + fromMinute) * 60;
  const moment = value === 0 ? 0 : value - scrape.wallMs / 1000 + startSeconds;
  const isFresh = id.startsWith("podkey_snapshot_as_of") && !isStale(scrape);
  return isFresh ? `${moment.toFixed(3)}+60x${String(times)}` : `${moment.toFixed(3)}x${String(times)}`;
}

function isStale(scrape: Scrape): boolean {
  return scrape.series.some(({ name, value }) => name === "podkey_stale_scopes" && value > 0);
}

/** The series that the alerts use, except nodejs_*, which depend on the load of this machine. */
function valuesOf(scrape: Scrape | undefined): ReadonlyMap<string, number> {
  return new Map(
    (scrape?.series ?? [])
      .filter(({ name, value }) => /^(podkey_|grpc_|process_start|up$)/.test(name) && Number.isFinite(value))
      // Prometheus renames a label that the target also has.
      .filter(({ labels }) => !/\bnamespace="/.test(labels))
      .map(({ name, labels, value }) => [`${name}{${[labels, TARGET].filter(Boolean).join(",")}}`, value]),
  );
}
