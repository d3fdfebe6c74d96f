/**
 * The comparison of names and versions with a metadata list: proof on demand, anti-entropy, and the replacement for
 * bookmarks. It runs beside the watch. An equal list is a data proof. A difference that the watch does not deliver in time
 * is divergence and leads to a full list. A scope compares at most once a second, and every waiting caller gets an answer.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";
import { compareVersions, isNewer } from "../../core/credential/resource-version.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { VersionList } from "../port/source.ts";
import type { SyncError } from "../port/sync-error.ts";
import { FAILURE_TABLE, retryAfterMs } from "./failure.ts";
import type { ProofPurpose, ProofRun } from "./list-watch-state.ts";
import type { Transition } from "./transition.ts";
import { closeWatch, listGoal, log, plan, update, updateProof } from "./transition.ts";

const { proof: PROOF } = SYNC_PARAMETERS;

/** Requests a comparison, or joins the one in progress. During trouble or a list nothing starts: its result counts. */
export function requestProof(transition: Transition, purpose: ProofPurpose): void {
  const { proof } = transition.state;
  if (proof.run.kind !== "idle" || !canAsk(transition)) return;
  updateProof(transition, { purpose });
  const { lastStartAtMs } = proof;
  const waitMs = lastStartAtMs === undefined ? 0 : lastStartAtMs + PROOF.everyMs - transition.nowMs;
  if (waitMs <= 0) ask(transition);
  else schedule(transition, { kind: "due" }, waitMs);
}

/** A planned comparison is due, or the time of the watch to deliver the differences is over. */
export function onProofTimer(transition: Transition): void {
  const { proof, unverified } = transition.state;
  const { run, purpose, wanted } = proof;
  if (run.kind === "due") {
    const isMoot = purpose === "demand" && !wanted && !unverified;
    if (canAsk(transition) && !isMoot) ask(transition);
    else updateProof(transition, { run: { kind: "idle" } });
  } else if (run.kind === "settling") {
    const leftMs = run.deadlineAtMs - transition.nowMs;
    if (leftMs > 0) transition.effects.push({ kind: "arm", timer: "proof", delayMs: leftMs });
    else onDivergence(transition, run.open.size);
  }
}

/** The metadata list has arrived. */
export function onVersions(transition: Transition, list: VersionList): void {
  const { proof, phase } = transition.state;
  const { run } = proof;
  if (run.kind !== "asking") return;
  updateProof(transition, { failures: 0, reason: undefined });
  if (phase.kind === "listing") {
    // The full list in progress replaces what would be compared.
    updateProof(transition, { run: { kind: "idle" } });
    return;
  }
  if ((compareVersions(list.resourceVersion, run.sinceVersion) ?? 0) < 0) {
    // Older than our version when we asked, although the read is consistent. Full lists decide whether history went back.
    relistOnce(transition, "silent");
    return;
  }
  const open = differences(list, transition.held(), run.gone);
  if (open.size === 0) {
    onEqual(transition);
    return;
  }
  const deadlineAtMs = transition.nowMs + PROOF.settleMs;
  const settling = { kind: "settling", listVersion: list.resourceVersion, open, deadlineAtMs } as const;
  schedule(transition, settling, PROOF.settleMs);
}

/** The metadata list failed. It is retried with a growing delay while a caller waits or history is in doubt. */
export function onVersionsFailed(transition: Transition, error: SyncError): void {
  const { proof, unverified } = transition.state;
  if (proof.run.kind !== "asking") return;
  const failures = proof.failures + 1;
  const delayMs = Math.min(PROOF.everyMs * 2 ** proof.failures, PROOF.retryCapMs);
  const reason = FAILURE_TABLE[error.kind].reason ?? "SOURCE_ERROR";
  updateProof(transition, { failures, reason, run: { kind: "idle" } });
  log(transition, "sync_proof_failed", { kind: error.kind, error: error.message });
  const isRetried = proof.wanted || (unverified && failures < PROOF.unaskedAttempts);
  if (isRetried) schedule(transition, { kind: "due" }, Math.max(delayMs, retryAfterMs(error)));
}

/** The watch delivered a change, which may be one that the comparison waits for. */
export function recordChange(
  transition: Transition,
  key: CredentialKey,
  version: string,
  change: "put" | "remove",
): void {
  const { run } = transition.state.proof;
  if (run.kind === "asking" && change === "remove") {
    updateProof(transition, { run: { ...run, gone: new Map([...run.gone, [key, version]]) } });
  } else if (run.kind === "settling" && run.open.has(key)) {
    const listed = run.open.get(key);
    const isListedVersion = change === "put" && listed !== undefined && isAtLeast(version, listed);
    const mayExplain = change === "remove" && listed === undefined;
    if (!isListedVersion && !mayExplain && !isNewer(version, run.listVersion)) return;
    const open = new Map(run.open);
    open.delete(key);
    if (open.size === 0) onEqual(transition);
    else updateProof(transition, { run: { ...run, open } });
  }
}

/** A complete list was applied. It is a proof and repairs every difference. */
export function answerByList(transition: Transition): void {
  updateProof(transition, { failures: 0, reason: undefined });
  if (transition.state.proof.run.kind !== "asking") updateProof(transition, { run: { kind: "idle" } });
  answer(transition);
}

/** The next anti-entropy comparison is due. */
export function onAntiEntropyTimer(transition: Transition): void {
  armAntiEntropy(transition);
  requestProof(transition, "anti_entropy");
}

/** Sets the timer of the next anti-entropy comparison, with jitter so that a fleet does not compare in step. */
export function armAntiEntropy(transition: Transition): void {
  const { antiEntropyMs } = transition.state;
  if (antiEntropyMs === 0) return;
  const jitter = 1 + (transition.random * 2 - 1) * SYNC_PARAMETERS.antiEntropyJitter;
  transition.effects.push({ kind: "arm", timer: "anti-entropy", delayMs: antiEntropyMs * jitter });
}

function canAsk(transition: Transition): boolean {
  const { phase, synced, trouble } = transition.state;
  if (!synced || trouble !== undefined) return false;
  const isResuming = phase.kind === "waiting" && phase.goal.kind === "watch";
  return phase.kind === "watching" || phase.kind === "opening" || isResuming;
}

function ask(transition: Transition): void {
  const sinceVersion = transition.state.lastVersion;
  updateProof(transition, {
    lastStartAtMs: transition.nowMs,
    run: { kind: "asking", sinceVersion, gone: new Map() },
  });
  transition.effects.push({ kind: "list-versions" });
}

function schedule(transition: Transition, run: ProofRun, delayMs: number): void {
  updateProof(transition, { run });
  transition.effects.push({ kind: "arm", timer: "proof", delayMs });
}

function onEqual(transition: Transition): void {
  updateProof(transition, { run: { kind: "idle" } });
  update(transition, { provenAtMs: transition.nowMs, divergedAtMs: undefined, unverified: false });
  transition.effects.push({ kind: "emit", event: { kind: "proof", scope: transition.state.scope } });
  answer(transition);
}

function answer(transition: Transition): void {
  if (!transition.state.proof.wanted) return;
  updateProof(transition, { wanted: false });
  transition.effects.push({ kind: "answer-proof", outcome: { ok: true } });
}

/** The watch did not deliver what the list showed. */
function onDivergence(transition: Transition, count: number): void {
  const { purpose } = transition.state.proof;
  transition.effects.push({ kind: "count-divergence" });
  log(transition, "sync_diverged", { purpose, credentials: count });
  relistOnce(transition, purpose === "anti_entropy" ? "anti_entropy" : "proof");
}

/** Lists to repair a difference, but not again soon: a difference that a list did not repair is not ours to repair. */
function relistOnce(transition: Transition, cause: "anti_entropy" | "proof" | "silent"): void {
  const { divergedAtMs, proof } = transition.state;
  updateProof(transition, { run: { kind: "idle" } });
  if (divergedAtMs === undefined || transition.nowMs - divergedAtMs >= PROOF.divergenceRelistMs) {
    update(transition, { divergedAtMs: transition.nowMs });
    relist(transition, cause);
  } else if (proof.wanted) {
    updateProof(transition, { wanted: false });
    transition.effects.push({ kind: "answer-proof", outcome: { ok: false, reason: "SOURCE_ERROR" } });
  }
}

function relist(transition: Transition, cause: "anti_entropy" | "proof" | "silent"): void {
  const { phase } = transition.state;
  if (phase.kind === "listing") return;
  if (phase.kind === "watching") closeWatch(transition, phase);
  else if (phase.kind === "opening") transition.effects.push({ kind: "close", slot: "main" });
  plan(transition, { ...listGoal(cause), plain: true }, 0);
}

/**
 * The listed version (undefined: not listed) of each key that differs from ours. What the watch delivered after the list
 * was cut does not count. Everything else must be equal: a version of ours above the listed one but below the cut is a sign
 * that history went back.
 */
function differences(
  list: VersionList,
  held: ReadonlyMap<CredentialKey, string>,
  gone: ReadonlyMap<CredentialKey, string>,
): ReadonlyMap<CredentialKey, string | undefined> {
  const open = new Map<CredentialKey, string | undefined>();
  const isAfterCut = (version: string | undefined): boolean =>
    version !== undefined && isNewer(version, list.resourceVersion);
  for (const [key, listed] of list.versions) {
    const ours = held.get(key);
    const wasRemovedSince = ours === undefined && isAfterCut(gone.get(key));
    if (ours !== listed && !isAfterCut(ours) && !wasRemovedSince) open.set(key, listed);
  }
  for (const [key, ours] of held) if (!list.versions.has(key) && !isAfterCut(ours)) open.set(key, undefined);
  return open;
}

function isAtLeast(version: string, other: string): boolean {
  const order = compareVersions(version, other);
  return order !== undefined && order >= 0;
}
