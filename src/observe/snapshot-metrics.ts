/**
 * Gauges that are computed from the snapshot at each scrape: size, freshness, expiry, problems. Linear in the size of the
 * snapshot.
 */
import type { Clock } from "../core/time/clock.ts";
import type { ConsumerView } from "../core/view/consumer-view.ts";
import type { Freshness } from "../core/time/freshness.ts";
import { nextRotationMs } from "../core/credential/lifetime.ts";
import { servedEntries } from "../core/snapshot/served.ts";
import type { Snapshot } from "../core/snapshot/snapshot.ts";
import type { Instruments } from "./metrics-registry.ts";
import { roundedBytes } from "./rounded-bytes.ts";

const HOUR_MS = 3_600_000;

/** The observed state. */
export interface ObservedState {
  readonly isSynced: boolean;
  readonly snapshot: Snapshot;
  /** The freshness of the worst scope. */
  readonly freshness: Freshness;
  /** Freshness of each scope. */
  readonly scopes: readonly Freshness[];
  readonly views: readonly ConsumerView[];
  readonly requiredMissing: number;
  /** Files of a folder source that cannot be used. */
  readonly faults: number;
}

export interface SnapshotMetricsDeps {
  readonly instruments: Instruments;
  readonly clock: Clock;
  readonly observe: () => ObservedState;
  /** `--metrics-credential-names`. */
  readonly credentialNames: boolean;
  /** `--lifetime-prefix`. */
  readonly lifetimePrefix?: string | undefined;
}

/** A function that updates the gauges; for `MetricsRegistry.onScrape`. */
export function snapshotMetrics(deps: SnapshotMetricsDeps): () => void {
  const { instruments, clock } = deps;
  return () => {
    const state = deps.observe();
    instruments.podkey_synced.set(state.isSynced ? 1 : 0);
    instruments.podkey_required_missing.set(state.requiredMissing);
    instruments.podkey_source_faulty_files.set(state.faults);
    observeFreshness(instruments, state.freshness, clock.wallMs());
    observeStaleScopes(instruments, state.scopes);
    for (const view of state.views) {
      instruments.podkey_snapshot_revision.set({ consumer: view.consumer }, view.current()?.number ?? 0);
    }
    observeCredentials(deps, state.snapshot);
  };
}

function observeFreshness(instruments: Instruments, freshness: Freshness, wallMs: number): void {
  const asOfMs = freshness.ageMs === undefined ? 0 : wallMs - freshness.ageMs;
  instruments.podkey_snapshot_as_of_timestamp_seconds.set(asOfMs / 1000);
}

/** The reasons that clients get. The state of the source does not include LIMIT, and reports silence later. */
function observeStaleScopes(instruments: Instruments, scopes: readonly Freshness[]): void {
  instruments.podkey_stale_scopes.reset();
  for (const { reason } of scopes) if (reason !== undefined) instruments.podkey_stale_scopes.inc({ reason });
}

function observeCredentials(
  { instruments, clock, credentialNames, ...prefix }: SnapshotMetricsDeps,
  snapshot: Snapshot,
): void {
  const problems = new Map<string, number>();
  let count = 0;
  let largestBytes = 0;
  let earliestMs = Number.POSITIVE_INFINITY;
  let overdue = 0;
  instruments.podkey_credential_expire_timestamp_seconds.reset();
  for (const [, entry] of servedEntries(snapshot)) {
    const { credential, undecodable } = entry;
    const reasons = new Set(credential?.problems.map((problem) => problem.reason));
    if (undecodable !== undefined) reasons.add(undecodable.problem.reason);
    for (const reason of reasons) problems.set(reason, (problems.get(reason) ?? 0) + 1);
    if (credential === undefined) continue;
    count += 1;
    largestBytes = Math.max(largestBytes, entry.sizeBytes);
    const rotationMs = nextRotationMs(credential, prefix);
    if (rotationMs !== undefined && rotationMs < clock.wallMs()) overdue += 1;
    if (credential.expiry === undefined) continue;
    earliestMs = Math.min(earliestMs, credential.expiry.atMs);
    if (!credentialNames) continue;
    const { namespace, name } = credential;
    instruments.podkey_credential_expire_timestamp_seconds.set(
      { namespace, name },
      credential.expiry.atMs / 1000,
    );
  }
  instruments.podkey_snapshot_credentials.set(count);
  instruments.podkey_snapshot_bytes.set(roundedBytes(snapshot.sizeBytes));
  instruments.podkey_credential_max_size_bytes.set(roundedBytes(largestBytes));
  instruments.podkey_rotation_overdue.set(overdue);
  instruments.podkey_credential_problems.reset();
  for (const [reason, number] of problems) instruments.podkey_credential_problems.set({ reason }, number);
  const earliest = instruments.podkey_credential_earliest_expire_timestamp_seconds;
  if (Number.isFinite(earliestMs)) earliest.set((Math.ceil(earliestMs / HOUR_MS) * HOUR_MS) / 1000);
  else earliest.remove();
}
