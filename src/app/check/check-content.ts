/**
 * Reads the source once, as `serve` would, and says what it holds: how much, what is wrong with it, what is required
 * and missing. Nothing is served and nothing is kept.
 */
import { filter, firstValueFrom, scan, takeWhile, timeout } from "rxjs";
import type { SidecarConfig } from "../../config/sidecar-config.ts";
import { applyEvent } from "../../core/apply-event.ts";
import type { StaleReason } from "../../core/freshness.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../core/snapshot.ts";
import type { SyncEvent } from "../../core/sync-event.ts";
import type { ExitCode } from "../../exit-code.ts";
import { EXIT } from "../../exit-code.ts";
import type { Source } from "../../sync/source.ts";
import { missingRequirements } from "../required.ts";
import type { Finding } from "./finding.ts";

/** A list of everything takes longer only where something is wrong. */
const PATIENCE_MS = 10_000;

interface Reading {
  readonly snapshot: Snapshot;
  readonly trouble: StaleReason | undefined;
}

/**
 * Findings about what the source holds.
 * @param nearly what the selector nearly matches, asked only when it matches nothing.
 */
export async function checkContent(
  source: Source,
  config: SidecarConfig,
  nearly: () => Promise<string | undefined>,
): Promise<readonly Finding[]> {
  const subject = "source";
  const reading = await readOnce(source, config);
  if (reading === "silent" || reading.trouble !== undefined) {
    const reason = reading === "silent" ? "SILENT" : (reading.trouble ?? "");
    const text = `could not be read (${reason}) within ${String(PATIENCE_MS / 1000)} s; podkey serve would wait and try again, its log says why.`;
    return [{ subject, level: "fail", exitCode: exitCodeOf(reason), text }];
  }
  const { snapshot } = reading;
  if (snapshot.overflow !== undefined) {
    const text = "holds more than --max-credentials or --max-bytes allow; raise them, or narrow --selector.";
    return [{ subject, level: "fail", exitCode: EXIT.usage, text }];
  }
  return [
    await countFinding(snapshot, config, nearly),
    ...problemFindings(snapshot),
    ...requiredFindings(snapshot, config),
  ];
}

/** Folds events until every scope is listed or the source says that it is in trouble. */
function readOnce(source: Source, config: SidecarConfig): Promise<Reading | "silent"> {
  const limits = { maxCredentials: config.maxCredentials, maxBytes: config.maxBytes };
  const start: Reading = { snapshot: EMPTY_SNAPSHOT, trouble: undefined };
  const isDone = ({ snapshot, trouble }: Reading): boolean =>
    trouble !== undefined || snapshot.overflow !== undefined || snapshot.synced.size === source.scopes.length;
  const readings$ = source.events$.pipe(
    scan((reading: Reading, event: SyncEvent): Reading => {
      if (event.kind === "trouble") return { ...reading, trouble: event.reason };
      return { ...reading, snapshot: applyEvent(reading.snapshot, event, limits).snapshot };
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
  const count = [...snapshot.entries.values()].filter(({ credential }) => credential !== undefined).length;
  const facts = `${String(count)} credentials, ${String(snapshot.sizeBytes)} bytes of values`;
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

function problemFindings(snapshot: Snapshot): readonly Finding[] {
  const lines: Finding[] = [];
  for (const [key, { credential, undecodable }] of snapshot.entries.entries()) {
    const subject = `credential ${key.replace("\0", "/")}`;
    const problems = [
      ...(credential?.problems ?? []),
      ...(undecodable === undefined ? [] : [undecodable.problem]),
    ];
    for (const { reason, message } of problems)
      lines.push({ subject, level: "warn", text: `${reason}: ${message}` });
  }
  return lines;
}

function requiredFindings(snapshot: Snapshot, config: SidecarConfig): readonly Finding[] {
  if (config.require.length === 0) return [];
  const missing = missingRequirements(config.require, snapshot);
  const subject = "required";
  if (missing.length === 0)
    return [{ subject, level: "ok", text: "everything that --require names is there." }];
  const text = `nothing matches ${missing.join(", ")}; create and label it, or change --require: podkey would wait for it.`;
  return [{ subject, level: "fail", exitCode: EXIT.firstSyncTimeout, text }];
}
