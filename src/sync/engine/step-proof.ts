/**
 * The comparison of names and versions: proof on demand, anti-entropy, and the stand-in for bookmarks. Runs beside the
 * watch. Equal is a data proof; a difference that the watch does not bring in time is divergence and is listed.
 * Keeps true that a scope asks at most once a second, and that every caller who waits is answered.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";
import { compareVersions } from "../../core/credential/resource-version.ts";
import { FAILURE_TABLE } from "./failure-table.ts";
import type { ProofPurpose, ProofRun } from "./list-watch-state.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import { listGoal, plan } from "./rounds.ts";
import { retryAfterMs } from "./step-failure.ts";
import type { VersionList } from "../port/source.ts";
import type { SyncError } from "../port/sync-error.ts";
import type { Turn } from "./step-context.ts";
import { log, update, updateProof } from "./step-context.ts";
import { closeWatch } from "./watching.ts";

const { proof: PROOF } = SYNC_PARAMETERS;

/** Somebody wants a comparison; joins the one under way. In trouble or during a list that outcome is waited for. */
export function wantProof(turn: Turn, purpose: ProofPurpose): void {
  const { proof } = turn.state;
  if (proof.run.kind !== "idle" || !canAsk(turn)) return;
  updateProof(turn, { purpose });
  const waitMs = proof.lastStartAtMs === undefined ? 0 : proof.lastStartAtMs + PROOF.everyMs - turn.nowMs;
  if (waitMs <= 0) ask(turn);
  else schedule(turn, { kind: "due" }, waitMs);
}

/** The time of a planned comparison has come, or the watch has had its time. */
export function onProofTimer(turn: Turn): void {
  const { run, purpose, wanted } = turn.state.proof;
  if (run.kind === "due") {
    const isMoot = purpose === "demand" && !wanted && !turn.state.unverified;
    if (canAsk(turn) && !isMoot) ask(turn);
    else updateProof(turn, { run: { kind: "idle" } });
  } else if (run.kind === "settling") {
    const leftMs = run.deadlineAtMs - turn.nowMs;
    if (leftMs > 0) turn.effects.push({ kind: "arm", timer: "proof", delayMs: leftMs });
    else diverged(turn, run.open.size);
  }
}

/** The metadata list is here. */
export function onVersions(turn: Turn, list: VersionList): void {
  const { run } = turn.state.proof;
  if (run.kind !== "asking") return;
  updateProof(turn, { failures: 0, reason: undefined });
  if (turn.state.phase.kind === "listing") {
    // The list under way answers better, and what we hold is about to be replaced.
    updateProof(turn, { run: { kind: "idle" } });
    return;
  }
  if ((compareVersions(list.resourceVersion, run.sinceVersion) ?? 0) < 0) {
    // Older than what we had when we asked (the watch may be past it by now): for full lists to judge.
    mend(turn, "silent");
    return;
  }
  const open = differences(list, turn.held(), run.gone);
  if (open.size === 0) {
    proven(turn);
    return;
  }
  const deadlineAtMs = turn.nowMs + PROOF.settleMs;
  schedule(turn, { kind: "settling", listVersion: list.resourceVersion, open, deadlineAtMs }, PROOF.settleMs);
}

/** The metadata list failed; while somebody waits or history is in doubt it is tried again, further apart each time. */
export function onVersionsFailed(turn: Turn, error: SyncError): void {
  const { proof } = turn.state;
  if (proof.run.kind !== "asking") return;
  const failures = proof.failures + 1;
  const delayMs = Math.min(PROOF.everyMs * 2 ** proof.failures, PROOF.retryCapMs);
  const reason = FAILURE_TABLE[error.kind].reason ?? "SOURCE_ERROR";
  updateProof(turn, { failures, reason, run: { kind: "idle" } });
  log(turn, "sync_proof_failed", { kind: error.kind, error: error.message });
  const isWorthIt = proof.wanted || (turn.state.unverified && failures < PROOF.unaskedAttempts);
  if (isWorthIt) schedule(turn, { kind: "due" }, Math.max(delayMs, retryAfterMs(error)));
}

/** The watch brought a change: it may be the one that the comparison waits for. */
export function noteChange(turn: Turn, key: CredentialKey, version: string, change: "put" | "remove"): void {
  const { run } = turn.state.proof;
  if (run.kind === "asking" && change === "remove") {
    updateProof(turn, { run: { ...run, gone: new Map([...run.gone, [key, version]]) } });
  } else if (run.kind === "settling" && run.open.has(key)) {
    const listed = run.open.get(key);
    const isThere = change === "put" && listed !== undefined && isAtLeast(version, listed);
    if (!isThere && !isAfter(version, run.listVersion) && (change === "put" || listed !== undefined)) return;
    const open = new Map(run.open);
    open.delete(key);
    if (open.size === 0) proven(turn);
    else updateProof(turn, { run: { ...run, open } });
  }
}

/** A complete list was applied: that is a proof, and it mends every difference. */
export function answerByList(turn: Turn): void {
  updateProof(turn, { failures: 0, reason: undefined });
  if (turn.state.proof.run.kind !== "asking") updateProof(turn, { run: { kind: "idle" } });
  answer(turn);
}

/** Anti-entropy comes round. */
export function onAntiEntropyTimer(turn: Turn): void {
  armAntiEntropy(turn);
  wantProof(turn, "anti_entropy");
}

/** Sets the next check by names and versions, a little off the beat so that a fleet does not check in step. */
export function armAntiEntropy(turn: Turn): void {
  const { antiEntropyMs } = turn.state;
  if (antiEntropyMs === 0) return;
  const stray = 1 + (turn.random * 2 - 1) * SYNC_PARAMETERS.antiEntropyJitter;
  turn.effects.push({ kind: "arm", timer: "anti-entropy", delayMs: antiEntropyMs * stray });
}

function canAsk(turn: Turn): boolean {
  const { phase, synced, trouble } = turn.state;
  const isResuming = phase.kind === "waiting" && phase.goal.kind === "watch";
  return (
    synced && trouble === undefined && (phase.kind === "watching" || phase.kind === "opening" || isResuming)
  );
}

function ask(turn: Turn): void {
  updateProof(turn, {
    lastStartAtMs: turn.nowMs,
    run: { kind: "asking", sinceVersion: turn.state.lastVersion, gone: new Map() },
  });
  turn.effects.push({ kind: "ask-versions" });
}

function schedule(turn: Turn, run: ProofRun, delayMs: number): void {
  updateProof(turn, { run });
  turn.effects.push({ kind: "arm", timer: "proof", delayMs });
}

function proven(turn: Turn): void {
  updateProof(turn, { run: { kind: "idle" } });
  update(turn, { provenAtMs: turn.nowMs, divergedAtMs: undefined, unverified: false });
  turn.effects.push({ kind: "emit", event: { kind: "proof", scope: turn.state.scope } });
  answer(turn);
}

function answer(turn: Turn): void {
  if (!turn.state.proof.wanted) return;
  updateProof(turn, { wanted: false });
  turn.effects.push({ kind: "answer-proof", outcome: { ok: true } });
}

/** The watch is missing something. */
function diverged(turn: Turn, count: number): void {
  const { purpose } = turn.state.proof;
  turn.effects.push({ kind: "count-divergence" });
  log(turn, "sync_diverged", { purpose, credentials: count });
  mend(turn, purpose === "anti_entropy" ? "anti_entropy" : "proof");
}

/** Lists what differs. A difference that a list did not mend a moment ago is not listed again and again. */
function mend(turn: Turn, cause: "anti_entropy" | "proof" | "silent"): void {
  const { divergedAtMs, proof } = turn.state;
  updateProof(turn, { run: { kind: "idle" } });
  if (divergedAtMs === undefined || turn.nowMs - divergedAtMs >= PROOF.divergenceRelistMs) {
    update(turn, { divergedAtMs: turn.nowMs });
    relist(turn, cause);
  } else if (proof.wanted) {
    updateProof(turn, { wanted: false });
    turn.effects.push({ kind: "answer-proof", outcome: { ok: false, reason: "SOURCE_ERROR" } });
  }
}

function relist(turn: Turn, cause: "anti_entropy" | "proof" | "silent"): void {
  const { phase } = turn.state;
  if (phase.kind === "listing") return;
  if (phase.kind === "watching") closeWatch(turn, phase);
  else if (phase.kind === "opening") turn.effects.push({ kind: "close", slot: "main" });
  plan(turn, { ...listGoal(cause), plain: true }, 0);
}

/**
 * Listed version by key of what differs from ours. What the watch brought after the list was cut explains itself; all
 * else must be equal: a version of ours above the listed one but below the cut is a sign of rewound history.
 */
function differences(
  list: VersionList,
  held: ReadonlyMap<CredentialKey, string>,
  gone: ReadonlyMap<CredentialKey, string>,
): ReadonlyMap<CredentialKey, string | undefined> {
  const open = new Map<CredentialKey, string | undefined>();
  for (const [key, listed] of list.versions) {
    const ours = held.get(key);
    const goneAt = gone.get(key);
    const wasRemovedSince =
      ours === undefined && goneAt !== undefined && isAfter(goneAt, list.resourceVersion);
    const isSame = ours === listed || (ours !== undefined && isAfter(ours, list.resourceVersion));
    if (!isSame && !wasRemovedSince) open.set(key, listed);
  }
  for (const [key, ours] of held)
    if (!list.versions.has(key) && !isAfter(ours, list.resourceVersion)) open.set(key, undefined);
  return open;
}

function isAtLeast(version: string, other: string): boolean {
  const order = compareVersions(version, other);
  return order !== undefined && order >= 0;
}

function isAfter(version: string, other: string): boolean {
  const order = compareVersions(version, other);
  return order !== undefined && order > 0;
}
