/**
 * promtool over our rules: what was scraped becomes the input of `promtool test rules`. promtool comes with Debian's
 * `prometheus`; tests that need it are skipped, by name, where it is not.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ROOT } from "../docs/checkout.ts";
import type { Scrape } from "./metrics-text.ts";

/** The rules that we ship. */
export const RULES = join(ROOT, "deploy", "monitoring", "rules.yaml");

/** Whether promtool is on this machine. */
export const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).status === 0;

/** A stretch of one sidecar's life, and the alerts that are firing at its end. */
export interface RecordedCase {
  readonly name: string;
  /** Held for `BEFORE_MINUTES`; undefined: there was no sidecar yet. */
  readonly before: Scrape | undefined;
  /** Held from then on. */
  readonly during: Scrape;
  /** So long into the incident. */
  readonly atMinutes: number;
  readonly firing: readonly string[];
}

const BEFORE_MINUTES = 20;
/** What the PodMonitor adds. */
const TARGET = 'job="podkey",namespace="shop",pod="web-0"';

/** Runs promtool on the cases; returns what it has to say, empty if every case fires exactly what it should. */
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
 * A series that keeps its value, as promtool writes it. The test's clock starts at 0, so moments are told relative to
 * it; and a snapshot that is fresh stays as old as it was when it was looked at.
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

/** What the alerts ask for; but how busy this machine is (nodejs_*) is no part of an incident. */
function valuesOf(scrape: Scrape | undefined): ReadonlyMap<string, number> {
  return new Map(
    (scrape?.series ?? [])
      .filter(({ name, value }) => /^(podkey_|grpc_|process_start|up$)/.test(name) && Number.isFinite(value))
      // A label of ours that the target has too would be renamed by Prometheus.
      .filter(({ labels }) => !/\bnamespace="/.test(labels))
      .map(({ name, labels, value }) => [`${name}{${[labels, TARGET].filter(Boolean).join(",")}}`, value]),
  );
}
