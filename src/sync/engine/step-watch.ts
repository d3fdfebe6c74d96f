/**
 * An open watch: events and bookmarks move the version to resume from, silence and age end it, GOAWAY gets it a
 * successor. Keeps true that a quiet stream is never mistaken for a current one.
 */
import { credentialKey } from "../../core/credential/credential.ts";
import { compareVersions } from "../../core/credential/resource-version.ts";
import type { Phase, WatchingPhase } from "./list-watch-state.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import { listGoal, plan } from "./rounds.ts";
import type { WatchSignal } from "../port/source.ts";
import { mainFailed, retry } from "./step-failure.ts";
import { noteChange, wantProof } from "./step-proof.ts";
import { handOver } from "./step-successor.ts";
import { SyncError } from "../port/sync-error.ts";
import type { WatchRestart } from "../port/sync-metrics.ts";
import type { Turn } from "./step-context.ts";
import { enter, log, setTrouble, update } from "./step-context.ts";
import { closeWatch, enterWatching, planSuccessor, untilProofDueMs } from "./watching.ts";

const { watch: WATCH, proof: PROOF } = SYNC_PARAMETERS;

/** A signal of the main watch once it is past its initial events. */
export function onWatchSignal(turn: Turn, phase: Phase, signal: WatchSignal): void {
  if (phase.kind === "opening") {
    if (signal.kind === "open") enterWatching(turn, phase);
    else if (signal.kind === "going-away") enter(turn, { ...phase, goingAway: true });
    return;
  }
  if (phase.kind !== "watching") return;
  switch (signal.kind) {
    case "put": {
      const { item } = signal;
      turn.effects.push({ kind: "emit", event: { kind: "put", scope: turn.state.scope, item } });
      noteData(turn, phase, item.resourceVersion);
      noteChange(turn, credentialKey(item.namespace, item.name), item.resourceVersion, "put");
      return;
    }
    case "remove": {
      const { gone } = signal;
      turn.effects.push({ kind: "emit", event: { kind: "remove", scope: turn.state.scope, gone } });
      noteData(turn, phase, gone.resourceVersion);
      noteChange(turn, credentialKey(gone.namespace, gone.name), gone.resourceVersion, "remove");
      return;
    }
    case "bookmark":
      onBookmark(turn, phase, signal.resourceVersion);
      return;
    case "going-away":
      planSuccessor(turn);
      return;
    case "open":
  }
}

/** A bookmark older than what we have proves nothing and is no sign of life: so rewound history shows as silence. */
function onBookmark(turn: Turn, phase: WatchingPhase, version: string): void {
  if ((compareVersions(version, turn.state.lastVersion) ?? 0) < 0) return;
  turn.effects.push({ kind: "emit", event: { kind: "proof", scope: turn.state.scope } });
  if (turn.traits.bookmarks !== "seen") turn.effects.push({ kind: "learn", traits: { bookmarks: "seen" } });
  update(turn, { provenAtMs: turn.nowMs });
  noteData(turn, phase, version);
}

function noteData(turn: Turn, phase: WatchingPhase, version: string): void {
  const order = compareVersions(version, turn.state.lastVersion);
  const eventCount = phase.eventCount + 1;
  if (order !== undefined && order < 0) {
    // Late or out of order: the snapshot drops it by its own rule; it moves nothing here.
    enter(turn, { ...phase, eventCount });
    return;
  }
  update(turn, { lastVersion: version });
  enter(turn, { ...phase, eventCount, heardAtMs: turn.nowMs });
}

/** The stream ended by itself. */
export function onWatchCompleted(turn: Turn, phase: Phase): void {
  if (phase.kind === "opening") {
    mainFailed(turn, new SyncError("reset", "the watch ended before it was answered"));
    return;
  }
  if (phase.kind !== "watching") return;
  if (phase.successor !== undefined) {
    handOver(turn, phase.successor);
    return;
  }
  const livedMs = turn.nowMs - phase.openedAtMs;
  if (livedMs >= WATCH.settledMs || phase.eventCount > 0) {
    resume(turn, "end", turn.random * SYNC_PARAMETERS.endSpreadMs);
    return;
  }
  turn.effects.push({ kind: "count-restart", reason: "short_watch" });
  retry(
    turn,
    new SyncError("server", "the watch ended at once without an event"),
    listGoal("short_watch", "last"),
  );
}

/** The watch has lived long enough to call the trouble over. */
export function onSettleTimer(turn: Turn, phase: WatchingPhase): void {
  const leftMs = phase.openedAtMs + WATCH.settledMs - turn.nowMs;
  if (leftMs > 0) {
    turn.effects.push({ kind: "arm", timer: "settle", delayMs: leftMs });
    return;
  }
  const { provenAtMs = turn.nowMs, healthySinceMs = turn.nowMs, proof } = turn.state;
  update(turn, { episode: undefined, healthySinceMs });
  setTrouble(turn, undefined);
  if (proof.wanted) wantProof(turn, "demand");
  else armResumeProof(turn, turn.nowMs - provenAtMs);
}

/** A resume proves nothing by itself: where the first bookmark would come too late or history may be another, ask. */
function armResumeProof(turn: Turn, ageMs: number): void {
  const byAgeMs = ageMs >= PROOF.resumeWorthMs ? Math.max(0, PROOF.dueAgeMs - ageMs) : Infinity;
  const byDoubtMs = turn.state.unverified ? turn.random * PROOF.verifySpreadMs : Infinity;
  const delayMs = Math.min(byAgeMs, byDoubtMs);
  if (delayMs !== Infinity) turn.effects.push({ kind: "arm", timer: "resume-proof", delayMs });
}

/** The proof after a resume is due, unless something else has proven the scope meanwhile. */
export function onResumeProofTimer(turn: Turn): void {
  const { provenAtMs = turn.nowMs, unverified } = turn.state;
  if (unverified || turn.nowMs - provenAtMs >= PROOF.resumeWorthMs) wantProof(turn, "resume");
}

/** No event and no bookmark for the limit: the stream is broken, or this server sends no bookmarks. */
export function onSilenceTimer(turn: Turn, phase: WatchingPhase): void {
  const leftMs = phase.heardAtMs + WATCH.silenceMs - turn.nowMs;
  const { bookmarks } = turn.traits;
  if (bookmarks === "absent") {
    const dueMs = untilProofDueMs(turn);
    turn.effects.push({
      kind: "arm",
      timer: "silence",
      delayMs: dueMs > 0 ? dueMs : PROOF.withoutBookmarksMs,
    });
    if (dueMs <= 0) wantProof(turn, "no_bookmarks");
  } else if (leftMs > 0) {
    onLivelyStream(turn, phase, leftMs);
  } else if (bookmarks === "unknown") {
    // The first watch of this process: replace it cheaply, and see to freshness by metadata lists from now on.
    turn.effects.push({ kind: "learn", traits: { bookmarks: "absent" } });
    log(turn, "sync_bookmarks_missing", { seconds: WATCH.silenceMs / 1000 });
    closeWatch(turn, phase);
    resume(turn, "silent", 0);
    wantProof(turn, "no_bookmarks");
  } else {
    setTrouble(turn, "SILENT", { seconds: WATCH.silenceMs / 1000 });
    turn.effects.push({ kind: "count-restart", reason: "silent" });
    closeWatch(turn, phase);
    plan(turn, { ...listGoal("silent"), plain: true }, 0);
  }
}

/**
 * Not silent. Where no bookmark comes the scope is proven by a metadata list before it turns STALE: events prove single
 * credentials only, and a quiet API server over an etcd without progress notifications sends nothing at all (measured
 * on 1.36.3 without --watch-progress-notify-interval).
 */
function onLivelyStream(turn: Turn, phase: WatchingPhase, leftMs: number): void {
  const { provenAtMs = turn.nowMs } = turn.state;
  const untilDueMs = provenAtMs + PROOF.dueAgeMs - turn.nowMs;
  turn.effects.push({
    kind: "arm",
    timer: "silence",
    delayMs: untilDueMs > 0 ? Math.min(leftMs, untilDueMs) : leftMs,
  });
  if (untilDueMs <= 0) wantProof(turn, "no_bookmarks");
}

/** The server was to end this watch and did not: the end was lost on the way. */
export function onOverdueTimer(turn: Turn, phase: WatchingPhase): void {
  const leftMs = phase.overdueAtMs - turn.nowMs;
  if (leftMs > 0) {
    turn.effects.push({ kind: "arm", timer: "overdue", delayMs: leftMs });
    return;
  }
  closeWatch(turn, phase);
  resume(turn, "overdue", turn.random * SYNC_PARAMETERS.endSpreadMs);
}

function resume(turn: Turn, reason: WatchRestart, delayMs: number): void {
  turn.effects.push({ kind: "count-restart", reason });
  plan(turn, { kind: "watch" }, delayMs);
}
