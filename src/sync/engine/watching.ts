/**
 * The moves in and out of an open watch that several steps share: its clocks start, it is closed, it is told to look
 * for a successor. Keeps true that an open watch always has its silence and overdue timers armed.
 */
import type { WatchingPhase } from "./list-watch-state.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { Turn } from "./step-context.ts";
import { enter, log } from "./step-context.ts";

const { watch: WATCH, goingAway: GOING, proof: PROOF } = SYNC_PARAMETERS;

/** A watch is open and delivers from here on. */
export function enterWatching(
  turn: Turn,
  stream: { readonly timeoutSeconds: number; readonly goingAway: boolean },
): void {
  const overdueMs = stream.timeoutSeconds * 1000 + WATCH.overdueGraceMs;
  enter(turn, {
    kind: "watching",
    openedAtMs: turn.nowMs,
    heardAtMs: turn.nowMs,
    overdueAtMs: turn.nowMs + overdueMs,
    eventCount: 0,
    successor: undefined,
  });
  turn.effects.push(
    { kind: "arm", timer: "settle", delayMs: WATCH.settledMs },
    {
      kind: "arm",
      timer: "silence",
      delayMs: turn.traits.bookmarks === "absent" ? untilProofDueMs(turn) : PROOF.dueAgeMs,
    },
    { kind: "arm", timer: "overdue", delayMs: overdueMs },
  );
  if (stream.goingAway) planSuccessor(turn);
}

/** Closes the watch and, where there is one, its successor. */
export function closeWatch(turn: Turn, phase: WatchingPhase): void {
  turn.effects.push({ kind: "close", slot: "main" });
  if (phase.successor !== undefined) turn.effects.push({ kind: "close", slot: "successor" });
}

/** The connection goes away: a successor is due, spread so that a fleet does not move in step. */
export function planSuccessor(turn: Turn): void {
  const { phase } = turn.state;
  if (phase.kind !== "watching" || phase.successor !== undefined) return;
  log(turn, "sync_going_away");
  waitForSuccessor(turn, phase, turn.random * GOING.spreadMs);
}

/** Puts the next attempt at the successor off. */
export function waitForSuccessor(turn: Turn, phase: WatchingPhase, delayMs: number): void {
  enter(turn, { ...phase, successor: { kind: "waiting", dueAtMs: turn.nowMs + delayMs } });
  turn.effects.push({ kind: "arm", timer: "successor", delayMs });
}

/** Where bookmarks do not come: milliseconds until the next metadata list is due; 0: it is. */
export function untilProofDueMs(turn: Turn): number {
  const { provenAtMs = turn.nowMs } = turn.state;
  return Math.max(0, provenAtMs + PROOF.withoutBookmarksMs - turn.nowMs);
}
