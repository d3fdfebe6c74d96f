/**
 * Reads the source once, as `serve` would, and reports how much it contains, credentials with problems, and required
 * credentials that are missing.
 */
import { filter, firstValueFrom, scan, takeWhile, timeout } from "rxjs";
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import { requirementCodec } from "../../config/value/names.ts";
import { applyEvent } from "../../core/snapshot/apply-event.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import { assembleParts } from "../../core/snapshot/part-sets.ts";
import { parseSelector } from "../../core/select/selector.ts";
import { countServed, servedEntries } from "../../core/snapshot/served.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../core/snapshot/sync-event.ts";
import type { ExitCode } from "../../exit-code.ts";
import { EXIT } from "../../exit-code.ts";
import { createJoinParts } from "../../source/decode/join-parts.ts";
import type { Source } from "../../sync/port/source.ts";
import { missingRequirements } from "../status/required.ts";
import { systemClock } from "../process/system-clock.ts";
import { deadlineFindings } from "./deadline-findings.ts";
import type { Finding } from "./finding.ts";
import type { LabelledSecret } from "./near-misses.ts";
import { nearRequired } from "./required-near-misses.ts";

/** A healthy source is listed within this time. */
const PATIENCE_MS = 10_000;

interface Reading {
  readonly snapshot: Snapshot;
  readonly trouble: StaleReason | undefined;
}

/** Queries for Secrets outside the selection; used only if something is missing. */
export interface BesideSelection {
  /** Near matches of the selector, in one sentence. */
  readonly nearly: () => Promise<string | undefined>;
  /** Names and labels of all Secrets. */
  readonly all: () => Promise<readonly LabelledSecret[]>;
}

/** Checks the content of the source. */
export async function checkContent(
  source: Source,
  config: SidecarConfig,
  beside: BesideSelection,
): Promise<readonly Finding[]> {
  const subject = "source";
  const reading = await readOnce(source, config);
  if (reading === "silent" || reading.trouble !== undefined) {
    const reason = reading === "silent" ? "SILENT" : (reading.trouble ?? "");
    const text = `could not be read within ${String(PATIENCE_MS / 1000)} s (${reason}); \`podkey serve\` would retry and log the cause.`;
    return [{ subject, level: "fail", exitCode: exitCodeOf(reason), text }];
  }
  const { snapshot } = reading;
  if (snapshot.overflow !== undefined) {
    const text = "exceeds --max-credentials or --max-bytes; raise them, or narrow --selector.";
    return [{ subject, level: "fail", exitCode: EXIT.usage, text }];
  }
  return [
    await countFinding(snapshot, config, beside.nearly),
    ...faultFindings(source),
    ...problemFindings(snapshot),
    ...deadlineFindings(snapshot, config, systemClock.wallMs()),
    ...(await requiredFindings(snapshot, config, beside.all)),
  ];
}

/** Applies events until every scope is listed or the source fails. */
function readOnce(source: Source, config: SidecarConfig): Promise<Reading | "silent"> {
  const limits = { maxCredentials: config.maxCredentials, maxBytes: config.maxBytes };
  const joinParts = createJoinParts({
    annotations: config.annotation,
    lifetimePrefix: config.lifetimePrefix,
  });
  const start: Reading = { snapshot: EMPTY_SNAPSHOT, trouble: undefined };
  const isDone = ({ snapshot, trouble }: Reading): boolean =>
    trouble !== undefined || snapshot.overflow !== undefined || snapshot.synced.size === source.scopes.length;
  const readings$ = source.events$.pipe(
    scan((reading: Reading, event: SyncEvent): Reading => {
      if (event.kind === "trouble") return { ...reading, trouble: event.reason };
      const { snapshot } = reading;
      const applied = assembleParts(snapshot, applyEvent(snapshot, event, limits), joinParts);
      return { ...reading, snapshot: applied.snapshot };
    }, start),
    takeWhile((reading) => !isDone(reading), true),
    filter(isDone),
    timeout({ first: PATIENCE_MS }),
  );
  return firstValueFrom(readings$, { defaultValue: "silent" as const }).catch(() => "silent" as const);
}

function exitCodeOf(reason: string): ExitCode {
  return reason === "FORBIDDEN" || reason === "UNAUTHORIZED" ? EXIT.noPermission : EXIT.unavailable;
}

async function countFinding(
  snapshot: Snapshot,
  config: SidecarConfig,
  nearly: () => Promise<string | undefined>,
): Promise<Finding> {
  const count = countServed(snapshot);
  const facts = `${String(count)} ${count === 1 ? "credential" : "credentials"}, ${String(snapshot.sizeBytes)} bytes of values`;
  if (count > 0) return { subject: "selection", level: "ok", text: `matches ${facts}.` };
  const { selector } = config;
  const remedy =
    selector === undefined
      ? "check the names, the namespace and the folder"
      : `label Secrets to match ${selector}, or change --selector and --namespace`;
  const near = await nearly();
  const text = `matches nothing; ${remedy}${near === undefined ? "" : `; it ${near}`}.`;
  return { subject: "selection", level: "warn", text };
}

function faultFindings(source: Source): readonly Finding[] {
  return (source.faults?.() ?? []).map(({ path, line, why }) => {
    const place = line === undefined ? "" : `line ${String(line)}: `;
    return {
      subject: `file ${path}`,
      level: "warn",
      text: `cannot be used: ${place}${why}; fix or remove it.`,
    };
  });
}

function problemFindings(snapshot: Snapshot): readonly Finding[] {
  const lines: Finding[] = [];
  for (const [key, { credential, undecodable }] of servedEntries(snapshot)) {
    const subject = `credential ${key.replace("\0", "/")}`;
    const problems = [
      ...(credential?.problems ?? []),
      // A credential with its last good content already has the problem.
      ...(undecodable === undefined || credential !== undefined ? [] : [undecodable.problem]),
    ];
    for (const { reason, message } of problems)
      lines.push({ subject, level: "warn", text: `${reason}: ${message}` });
  }
  return lines;
}

async function requiredFindings(
  snapshot: Snapshot,
  { require, selector }: SidecarConfig,
  all: () => Promise<readonly LabelledSecret[]>,
): Promise<readonly Finding[]> {
  if (require.length === 0) return [];
  const missing = missingRequirements(require, snapshot);
  const subject = "required";
  if (missing.length === 0)
    return [{ subject, level: "ok", text: "all entries of --require match a credential." }];
  const around = {
    ...{ snapshot, all: await all() },
    selector: selector === undefined ? undefined : parseSelector(selector),
  };
  const near = require
    .filter((requirement) => missing.includes(requirementCodec.format(requirement)))
    .flatMap((requirement) => nearRequired(requirement, around) ?? []);
  const text = `no credential matches ${missing.join(", ")}; create and label it, or change --require${near.length === 0 ? "" : `; ${near.join("; ")}`}.`;
  return [{ subject, level: "fail", exitCode: EXIT.firstSyncTimeout, text }];
}
