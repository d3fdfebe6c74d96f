/**
 * An open watch. Events and bookmarks move the version to resume from; silence and age end it. A quiet stream is never
 * taken for a current one: an open watch always has its silence and overdue timers set.
 *
 * GOAWAY: the next watch is opened before the old one ends. An API server that stops closes its listener and
 * leaves the watch open for up to a minute. The next watch (the successor) starts from the last version while the old one
 * still delivers, and replaces it once it is open. The version rule of the snapshot drops what both deliver.
 */
import { credentialKey } from "../../core/credential/credential.ts";
import { compareVersions } from "../../core/credential/resource-version.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { WatchSignal } from "../port/source.ts";
import type { SyncErrorKind } from "../port/sync-error.ts";
import { SyncError } from "../port/sync-error.ts";
import type { WatchRestart } from "../port/sync-metrics.ts";
import { goalAfterWatch, mainFailed, nextBackoffMs, recordFailure, retry, retryAfterMs } from "./failure.ts";
import type { Phase, Successor, WatchingPhase } from "./list-watch-state.ts";
import { recordChange, requestProof } from "./proof.ts";
import type { Transition } from "./transition.ts";
import {
  closeWatch,
  enter,
  listGoal,
  log,
  plan,
  randomTimeoutSeconds,
  resumeRequest,
  setTrouble,
  update,
} from "./transition.ts";

const { watch: WATCH, proof: PROOF, goingAway: GOING } = SYNC_PARAMETERS;

/** A watch is open and delivers from here on. */
export function enterWatching(
  transition: Transition,
  stream: { readonly timeoutSeconds: number; readonly goingAway: boolean },
): void {
  const { nowMs } = transition;
  const overdueMs = stream.timeoutSeconds * 1000 + WATCH.overdueGraceMs;
  enter(transition, {
    kind: "watching",
    openedAtMs: nowMs,
    lastSignalAtMs: nowMs,
    overdueAtMs: nowMs + overdueMs,
    eventCount: 0,
    successor: undefined,
  });
  const silenceMs = transition.traits.bookmarks === "absent" ? untilProofDueMs(transition) : PROOF.dueAgeMs;
  transition.effects.push(
    { kind: "arm", timer: "settle", delayMs: WATCH.settledMs },
    { kind: "arm", timer: "silence", delayMs: silenceMs },
    { kind: "arm", timer: "overdue", delayMs: overdueMs },
  );
  if (stream.goingAway) planSuccessor(transition);
}

/** A signal of the main watch after its initial events. */
export function onWatchSignal(transition: Transition, phase: Phase, signal: WatchSignal): void {
  const { effects, state } = transition;
  if (phase.kind === "opening") {
    if (signal.kind === "open") enterWatching(transition, phase);
    else if (signal.kind === "going-away") enter(transition, { ...phase, goingAway: true });
    return;
  }
  if (phase.kind !== "watching") return;
  switch (signal.kind) {
    case "put": {
      const { item } = signal;
      effects.push({ kind: "emit", event: { kind: "put", scope: state.scope, item } });
      recordVersion(transition, phase, item.resourceVersion);
      recordChange(transition, credentialKey(item.namespace, item.name), item.resourceVersion, "put");
      return;
    }
    case "remove": {
      const { gone } = signal;
      effects.push({ kind: "emit", event: { kind: "remove", scope: state.scope, gone } });
      recordVersion(transition, phase, gone.resourceVersion);
      recordChange(transition, credentialKey(gone.namespace, gone.name), gone.resourceVersion, "remove");
      return;
    }
    case "bookmark":
      onBookmark(transition, phase, signal.resourceVersion);
      return;
    case "going-away":
      planSuccessor(transition);
      return;
    case "open":
  }
}

/** A bookmark older than our version proves nothing and does not end the silence, so rewound history is detected. */
function onBookmark(transition: Transition, phase: WatchingPhase, version: string): void {
  const { state, traits, effects, nowMs } = transition;
  if ((compareVersions(version, state.lastVersion) ?? 0) < 0) return;
  effects.push({ kind: "emit", event: { kind: "proof", scope: state.scope } });
  if (traits.bookmarks !== "seen") effects.push({ kind: "learn", traits: { bookmarks: "seen" } });
  update(transition, { provenAtMs: nowMs });
  recordVersion(transition, phase, version);
}

function recordVersion(transition: Transition, phase: WatchingPhase, version: string): void {
  const order = compareVersions(version, transition.state.lastVersion);
  const eventCount = phase.eventCount + 1;
  if (order !== undefined && order < 0) {
    // Late or out of order: the snapshot drops it by its own version rule.
    enter(transition, { ...phase, eventCount });
    return;
  }
  update(transition, { lastVersion: version });
  enter(transition, { ...phase, eventCount, lastSignalAtMs: transition.nowMs });
}

/** The stream ended without an error. */
export function onWatchCompleted(transition: Transition, phase: Phase): void {
  if (phase.kind === "opening") {
    mainFailed(transition, new SyncError("reset", "the watch ended before it was answered"));
    return;
  }
  if (phase.kind !== "watching") return;
  if (phase.successor !== undefined) {
    handOver(transition, phase.successor);
    return;
  }
  const livedMs = transition.nowMs - phase.openedAtMs;
  if (livedMs >= WATCH.settledMs || phase.eventCount > 0) {
    resume(transition, "end", transition.random * SYNC_PARAMETERS.endSpreadMs);
    return;
  }
  transition.effects.push({ kind: "count-restart", reason: "short_watch" });
  const error = new SyncError("server", "the watch ended at once without an event");
  retry(transition, error, listGoal("short_watch", "last"));
}

/** The watch has been open long enough for the trouble to be over. */
export function onSettleTimer(transition: Transition, phase: WatchingPhase): void {
  const { nowMs } = transition;
  const leftMs = phase.openedAtMs + WATCH.settledMs - nowMs;
  if (leftMs > 0) {
    transition.effects.push({ kind: "arm", timer: "settle", delayMs: leftMs });
    return;
  }
  const { provenAtMs = nowMs, healthySinceMs = nowMs, proof } = transition.state;
  update(transition, { episode: undefined, healthySinceMs });
  setTrouble(transition, undefined);
  if (proof.wanted) requestProof(transition, "demand");
  else armResumeProof(transition, nowMs - provenAtMs);
}

/**
 * Resuming does not prove that the snapshot is current. If the first bookmark would arrive too late, or the server may have
 * been restored, compare names and versions.
 */
function armResumeProof(transition: Transition, ageMs: number): void {
  const byAgeMs = ageMs >= PROOF.resumeWorthMs ? Math.max(0, PROOF.dueAgeMs - ageMs) : Infinity;
  const byDoubtMs = transition.state.unverified ? transition.random * PROOF.verifySpreadMs : Infinity;
  const delayMs = Math.min(byAgeMs, byDoubtMs);
  if (delayMs !== Infinity) transition.effects.push({ kind: "arm", timer: "resume-proof", delayMs });
}

/** The proof after a resume is due, unless something else has proven the scope meanwhile. */
export function onResumeProofTimer(transition: Transition): void {
  const { nowMs } = transition;
  const { provenAtMs = nowMs, unverified } = transition.state;
  if (unverified || nowMs - provenAtMs >= PROOF.resumeWorthMs) requestProof(transition, "resume");
}

/** The silence timer: no event and no bookmark for the limit, or a proof is due. */
export function onSilenceTimer(transition: Transition, phase: WatchingPhase): void {
  const { bookmarks } = transition.traits;
  const leftMs = phase.lastSignalAtMs + WATCH.silenceMs - transition.nowMs;
  if (bookmarks === "absent") {
    const dueMs = untilProofDueMs(transition);
    const delayMs = dueMs > 0 ? dueMs : PROOF.withoutBookmarksMs;
    transition.effects.push({ kind: "arm", timer: "silence", delayMs });
    if (dueMs <= 0) requestProof(transition, "no_bookmarks");
  } else if (leftMs > 0) proveLivelyStream(transition, leftMs);
  else if (bookmarks === "unknown") replaceWithoutBookmarks(transition, phase);
  else {
    setTrouble(transition, "SILENT", { seconds: WATCH.silenceMs / 1000 });
    transition.effects.push({ kind: "count-restart", reason: "silent" });
    closeWatch(transition, phase);
    plan(transition, { ...listGoal("silent"), plain: true }, 0);
  }
}

/** This server may not send bookmarks: replace its first watch and prove the scope by metadata lists from now on. */
function replaceWithoutBookmarks(transition: Transition, phase: WatchingPhase): void {
  transition.effects.push({ kind: "learn", traits: { bookmarks: "absent" } });
  log(transition, "sync_bookmarks_missing", { seconds: WATCH.silenceMs / 1000 });
  closeWatch(transition, phase);
  resume(transition, "silent", 0);
  requestProof(transition, "no_bookmarks");
}

/**
 * Not silent. Without a bookmark a metadata list proves the scope before it turns STALE: an event proves one credential
 * only, and a quiet API server on an etcd without progress notifications sends nothing at all (measured on 1.36.3 without
 * --watch-progress-notify-interval).
 */
function proveLivelyStream(transition: Transition, leftMs: number): void {
  const { provenAtMs = transition.nowMs } = transition.state;
  const untilDueMs = provenAtMs + PROOF.dueAgeMs - transition.nowMs;
  const delayMs = untilDueMs > 0 ? Math.min(leftMs, untilDueMs) : leftMs;
  transition.effects.push({ kind: "arm", timer: "silence", delayMs });
  if (untilDueMs <= 0) requestProof(transition, "no_bookmarks");
}

/** Without bookmarks: milliseconds until the next metadata list is due. */
function untilProofDueMs(transition: Transition): number {
  const { provenAtMs = transition.nowMs } = transition.state;
  return Math.max(0, provenAtMs + PROOF.withoutBookmarksMs - transition.nowMs);
}

/** The server did not end this watch in time: the end was lost. */
export function onOverdueTimer(transition: Transition, phase: WatchingPhase): void {
  const leftMs = phase.overdueAtMs - transition.nowMs;
  if (leftMs > 0) {
    transition.effects.push({ kind: "arm", timer: "overdue", delayMs: leftMs });
    return;
  }
  closeWatch(transition, phase);
  resume(transition, "overdue", transition.random * SYNC_PARAMETERS.endSpreadMs);
}

function resume(transition: Transition, reason: WatchRestart, delayMs: number): void {
  transition.effects.push({ kind: "count-restart", reason });
  plan(transition, { kind: "watch" }, delayMs);
}

/** Failures after which the next attempt at a successor may be soon: a connection attempt costs the server nothing. */
const SOON: readonly SyncErrorKind[] = ["unreachable", "reset", "dead-connection", "timeout", "server"];

/** The connection goes away: plans a successor, with a spread so that a fleet does not move in step. */
function planSuccessor(transition: Transition): void {
  const { phase } = transition.state;
  if (phase.kind !== "watching" || phase.successor !== undefined) return;
  log(transition, "sync_going_away");
  waitForSuccessor(transition, phase, transition.random * GOING.spreadMs);
}

function waitForSuccessor(transition: Transition, phase: WatchingPhase, delayMs: number): void {
  enter(transition, { ...phase, successor: { kind: "waiting", dueAtMs: transition.nowMs + delayMs } });
  transition.effects.push({ kind: "arm", timer: "successor", delayMs });
}

/** The successor is due. */
export function onSuccessorTimer(transition: Transition, phase: WatchingPhase): void {
  if (phase.successor?.kind !== "waiting") return;
  const timeoutSeconds = randomTimeoutSeconds(transition.random);
  enter(transition, {
    ...phase,
    successor: { kind: "opening", startedAtMs: transition.nowMs, timeoutSeconds },
  });
  const request = resumeRequest(transition, timeoutSeconds);
  transition.effects.push({ kind: "open-watch", slot: "successor", request });
}

/** A signal of the successor: it takes over when it opens. */
export function onSuccessorSignal(transition: Transition, phase: WatchingPhase, signal: WatchSignal): void {
  if (phase.successor?.kind !== "opening" || signal.kind !== "open") return;
  const { timeoutSeconds } = phase.successor;
  transition.effects.push({ kind: "promote" }, { kind: "count-restart", reason: "going_away" });
  enterWatching(transition, { timeoutSeconds, goingAway: false });
}

/** The successor failed before it opened: the old watch goes on until the next attempt. */
export function successorFailed(transition: Transition, phase: WatchingPhase, error: SyncError): void {
  if (phase.successor?.kind !== "opening") return;
  const goal = goalAfterWatch(error.kind);
  if (goal.kind === "list") {
    transition.effects.push({ kind: "close", slot: "main" }, { kind: "count-restart", reason: error.kind });
    recordFailure(transition, error);
    plan(transition, goal, 0);
    return;
  }
  recordFailure(transition, error);
  const spentMs = transition.nowMs - phase.successor.startedAtMs;
  const soonMs = Math.max(0, GOING.retryMs - spentMs, retryAfterMs(error));
  const delayMs = SOON.includes(error.kind) ? soonMs : Math.max(soonMs, nextBackoffMs(transition));
  waitForSuccessor(transition, phase, delayMs);
}

/** The old watch ended before the successor opened: the successor becomes the main watch. */
export function handOver(transition: Transition, successor: Successor): void {
  transition.effects.push({ kind: "count-restart", reason: "going_away" });
  if (successor.kind === "waiting") {
    plan(transition, { kind: "watch" }, successor.dueAtMs - transition.nowMs);
    return;
  }
  transition.effects.push({ kind: "promote" });
  enter(transition, { kind: "opening", timeoutSeconds: successor.timeoutSeconds, goingAway: false });
}
