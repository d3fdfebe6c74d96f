/**
 * GOAWAY: make before break. The API server that is told to stop closes its listener and leaves the watch open for up
 * to a minute; so the next watch is opened from the last version while the old one still delivers, and the old one is
 * dropped when the new one is open. What both bring falls to the version rule of the snapshot.
 */
import type { Successor, WatchingPhase } from "./list-watch-state.ts";
import { FAILURE_TABLE } from "./failure-table.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import { listGoal, plan, resumeRequest, randomTimeoutSeconds } from "./rounds.ts";
import { nextBackoffMs, noteFailure, retryAfterMs } from "./step-failure.ts";
import type { WatchSignal } from "../port/source.ts";
import type { SyncError, SyncErrorKind } from "../port/sync-error.ts";
import type { Turn } from "./step-context.ts";
import { enter } from "./step-context.ts";
import { enterWatching, waitForSuccessor } from "./watching.ts";

const { goingAway: GOING } = SYNC_PARAMETERS;

/** Failures after which trying again soon is right: nobody is bothered by a connection attempt. */
const SOON: readonly SyncErrorKind[] = ["unreachable", "reset", "dead-connection", "timeout", "server"];

/** The successor is due. */
export function onSuccessorTimer(turn: Turn, phase: WatchingPhase): void {
  if (phase.successor?.kind !== "waiting") return;
  const timeoutSeconds = randomTimeoutSeconds(turn.random);
  enter(turn, { ...phase, successor: { kind: "opening", startedAtMs: turn.nowMs, timeoutSeconds } });
  turn.effects.push({ kind: "open-watch", slot: "successor", request: resumeRequest(turn, timeoutSeconds) });
}

/** The successor speaks: when it opens, it takes over. */
export function onSuccessorSignal(turn: Turn, phase: WatchingPhase, signal: WatchSignal): void {
  if (phase.successor?.kind !== "opening" || signal.kind !== "open") return;
  const { timeoutSeconds } = phase.successor;
  turn.effects.push({ kind: "promote" }, { kind: "count-restart", reason: "going_away" });
  enterWatching(turn, { timeoutSeconds, goingAway: false });
}

/** The successor failed before it opened: the old watch goes on, the next attempt keeps its distance. */
export function successorFailed(turn: Turn, phase: WatchingPhase, error: SyncError): void {
  if (phase.successor?.kind !== "opening") return;
  const { next } = FAILURE_TABLE[error.kind];
  if (next !== "watch") {
    turn.effects.push({ kind: "close", slot: "main" }, { kind: "count-restart", reason: error.kind });
    noteFailure(turn, error);
    plan(
      turn,
      listGoal(error.kind === "malformed" ? "malformed" : "expired", next === "list-last" ? "last" : "any"),
      0,
    );
    return;
  }
  noteFailure(turn, error);
  const spentMs = turn.nowMs - phase.successor.startedAtMs;
  const soonMs = Math.max(0, GOING.retryMs - spentMs, retryAfterMs(error));
  waitForSuccessor(turn, phase, SOON.includes(error.kind) ? soonMs : Math.max(soonMs, nextBackoffMs(turn)));
}

/** The old watch is gone before the successor opened: what the successor was about becomes the main business. */
export function handOver(turn: Turn, successor: Successor): void {
  turn.effects.push({ kind: "count-restart", reason: "going_away" });
  if (successor.kind === "waiting") {
    plan(turn, { kind: "watch" }, successor.dueAtMs - turn.nowMs);
    return;
  }
  turn.effects.push({ kind: "promote" });
  enter(turn, { kind: "opening", timeoutSeconds: successor.timeoutSeconds, goingAway: false });
}
