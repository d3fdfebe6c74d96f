/**
 * Collects the facts of /statusz from the store and the metrics. Loaded at the first request of the page.
 */
import type { StatusFacts, StatusTable } from "../../admin/status-page.ts";
import type { FreshnessSample } from "../../admin/freshness-plot.ts";
import { formatBytes, formatDuration } from "../../config/value/quantity.ts";
import { formatListen } from "../../config/value/address.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import { countServed, servedEntries } from "../../core/snapshot/served.ts";
import type { Freshness } from "../../core/time/freshness.ts";
import { freshnessOf, worstFreshness } from "../../core/time/freshness.ts";
import type { Instruments } from "../../observe/metrics-registry.ts";
import { roundedBytes } from "../../observe/rounded-bytes.ts";
import type { ObserveDeps } from "./observe.ts";
import { SAMPLES_PER_HOUR } from "./freshness-history.ts";
import { overallFreshness } from "./observe.ts";

export interface StatusDeps extends ObserveDeps {
  readonly version: string;
  /** The source with its folder or server. */
  readonly source: string;
  readonly instruments: Instruments;
  readonly startedAtMs: number;
  readonly history: readonly FreshnessSample[];
}

/** The current facts. */
export async function statusFacts(deps: StatusDeps): Promise<StatusFacts> {
  const { config, store, clock, startup } = deps;
  const freshness = overallFreshness(deps);
  const state = deps.isDraining() ? "stopping" : (startup.waitsFor() ?? "started");
  return {
    title: `podkey ${deps.version}`,
    summary: [
      ["State", state],
      ["Freshness", freshnessText(freshness)],
      ["Source", deps.source],
      [
        "Credentials",
        `${String(countServed(store.snapshot()))}, at most ${formatBytes(roundedBytes(store.snapshot().sizeBytes))} of values`,
      ],
      ["Up for", formatDuration(Math.round((clock.nowMs() - deps.startedAtMs) / 1000) * 1000)],
    ],
    renderedAt: new Date(clock.wallMs()).toISOString().slice(0, 19).replace("T", " "),
    freshness: deps.history,
    samplesPerHour: SAMPLES_PER_HOUR,
    tables: [
      scopeTable(deps),
      ...(config.source === "kubernetes" ? [] : [faultTable(deps)]),
      await consumerTable(deps),
      await countTable(deps.instruments.podkey_watch_restarts_total, "Watch restarts", "None."),
      await countTable(deps.instruments.podkey_relists_total, "Complete lists", "None."),
      problemTable(deps),
      expiryTable(deps),
    ],
  };
}

function freshnessText({ state, ageMs, reason }: Freshness): string {
  const age = ageMs === undefined ? "never verified" : `verified ${secondsText(ageMs)} ago`;
  return `${state}${reason === undefined ? "" : ` (${reason})`}, ${age}`;
}

function secondsText(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(Math.round(ms / 1000) * 1000);
}

function scopeTable(deps: StatusDeps): StatusTable {
  const { store, clock, config } = deps;
  const groups = new Map<string, Freshness[]>();
  for (const { id, namespace = "", name } of store.book.scopes) {
    // In names mode a scope is one credential, and its last change would be visible in its row.
    const shown = name === undefined || config.metricsCredentialNames ? id : `names in ${namespace}`;
    const group = groups.get(shown) ?? [];
    group.push(freshnessOf(store.book.clocks(id), clock.nowMs()));
    groups.set(shown, group);
  }
  const rows = [...groups].map(([shown, group]) => {
    const { state, reason, ageMs, contactAgeMs } = worstFreshness(group);
    const ages = [ageMs, contactAgeMs].map((each) =>
      each === undefined ? "never" : `${secondsText(each)} ago`,
    );
    return [shown, state, reason ?? "", ...ages];
  });
  return {
    caption: "Scopes",
    columns: ["Scope", "State", "Reason", "Last verified", "Last contact"],
    rows,
    empty: "None.",
  };
}

function faultTable({ sourceFaults }: StatusDeps): StatusTable {
  return {
    caption: "Files that cannot be used",
    columns: ["File", "Line", "Reason"],
    rows: sourceFaults().map(({ path, line, why }) => [path, line === undefined ? "" : String(line), why]),
    empty: "None.",
  };
}

async function consumerTable({ config, views, instruments }: StatusDeps): Promise<StatusTable> {
  const streams = await byLabel(instruments.podkey_watch_streams, "consumer");
  const connections = await byLabel(instruments.podkey_connections, "consumer");
  const listeners = new Map(
    config.consumers.map(({ name, listen }) => [name, listen.map(formatListen).join(", ")]),
  );
  const rows = views().map((view) => [
    view.consumer,
    listeners.get(view.consumer) ?? "",
    String(view.current()?.number ?? "not synced"),
    String(view.current()?.entries.size ?? 0),
    String(streams.get(view.consumer) ?? 0),
    String(connections.get(view.consumer) ?? 0),
  ]);
  const columns = ["Consumer", "Listens on", "Revision", "Credentials", "Watches", "Connections"];
  return { caption: "Consumers", columns, rows, empty: "None." };
}

async function countTable(counter: Readable, caption: string, empty: string): Promise<StatusTable> {
  const counts = await byLabel(counter, "reason");
  return {
    caption,
    columns: ["Reason", "Count"],
    rows: [...counts].map(([reason, n]) => [reason, String(n)]),
    empty,
  };
}

/** The used part of an instrument. */
interface Readable {
  get(): Promise<{
    readonly values: readonly {
      readonly labels: Readonly<Record<string, unknown>>;
      readonly value: number;
    }[];
  }>;
}

async function byLabel(instrument: Readable, label: string): Promise<ReadonlyMap<string, number>> {
  const { values } = await instrument.get();
  return new Map(values.map(({ labels, value }) => [String(labels[label]), value]));
}

/** Counts by reason; with --metrics-credential-names also by credential. */
function problemTable({ store, config }: StatusDeps): StatusTable {
  const counts = new Map<string, number>();
  for (const [key, { credential, undecodable }] of servedEntries(store.snapshot())) {
    const problems = [
      ...(credential?.problems ?? []),
      ...(undecodable === undefined ? [] : [undecodable.problem]),
    ];
    for (const reason of new Set(problems.map((problem) => problem.reason))) {
      const { namespace, name } = splitCredentialKey(key);
      const line = config.metricsCredentialNames ? `${reason} in ${namespace}/${name}` : reason;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  const rows = [...counts].map(([line, count]) => [line, String(count)]);
  return { caption: "Credential problems", columns: ["Problem", "Credentials"], rows, empty: "None." };
}

/** Only with --metrics-credential-names: any process of the pod can read the page. */
function expiryTable({ store, config, clock }: StatusDeps): StatusTable {
  const caption = "Next expiries";
  const columns = ["Time", "Credential"];
  if (!config.metricsCredentialNames)
    return { caption, columns, rows: [], empty: "Shown with --metrics-credential-names." };
  const expiries: { readonly atMs: number; readonly name: string }[] = [];
  for (const [key, { credential }] of servedEntries(store.snapshot())) {
    if (credential?.expiry === undefined) continue;
    const { namespace, name } = splitCredentialKey(key);
    expiries.push({ atMs: credential.expiry.atMs, name: `${namespace}/${name}` });
  }
  const next = expiries.toSorted((a, b) => a.atMs - b.atMs).slice(0, 10);
  const rows = next.map(({ atMs, name }) => [
    `${minuteText(atMs)}, ${untilText(atMs - clock.wallMs())}`,
    name,
  ]);
  return { caption, columns, rows, empty: "None." };
}

function minuteText(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Remaining time in hours or days. */
function untilText(ms: number): string {
  if (ms < 0) return "expired";
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 1) return "in less than an hour";
  return hours < 48 ? `in ${String(hours)} h` : `in ${String(Math.floor(hours / 24))} days`;
}
