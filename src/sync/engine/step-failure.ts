/**
 * What follows when a list or watch breaks: trouble is noted, the next goal and its delay chosen from the error
 * table. The old snapshot is served all along; nothing here touches it except dropping a list that broke off.
 */
import type { StaleReason } from "../../core/time/freshness.ts";
import type { EventFields } from "../../log/events.ts";
import { backOff, RESTED } from "./backoff.ts";
import { FAILURE_TABLE } from "./failure-table.ts";
import type { Goal, ListGoal, Phase } from "./list-watch-state.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import { listGoal, openList, plan } from "./rounds.ts";
import type { SyncError, SyncErrorKind } from "../port/sync-error.ts";
import type { Turn } from "./step-context.ts";
import { log, setTrouble, update } from "./step-context.ts";

/** What the log says of a failure. */
interface FailureFacts extends EventFields {
  readonly kind: SyncErrorKind;
}

/** The main request failed; its subscription is gone already. */
export function mainFailed(turn: Turn, error: SyncError): void {
  const { phase } = turn.state;
  if (phase.kind === "listing") {
    abandonList(turn);
    if (phase.via === "watch-list" && error.kind === "watch-list-unsupported") {
      turn.effects.push({ kind: "learn", traits: { watchList: "unsupported" } });
      log(turn, "sync_watch_list_unsupported", { error: error.message });
      openList(turn, { ...phase.goal, plain: true });
      return;
    }
  }
  if (phase.kind === "watching" || phase.kind === "opening")
    turn.effects.push({ kind: "count-restart", reason: error.kind });
  retry(turn, error, goalAfter(turn, phase, error.kind));
}

/** Ends the list under way without using it. */
export function abandonList(turn: Turn): void {
  const { phase, scope } = turn.state;
  if (phase.kind === "listing" && phase.begun)
    turn.effects.push({ kind: "emit", event: { kind: "reset-abort", scope } });
}

/** Notes the failure and plans the goal after the delay that it earns. */
export function retry(turn: Turn, error: SyncError, goal: Goal): void {
  const rule = FAILURE_TABLE[error.kind];
  const spreads = rule.first === "spread" && turn.state.synced && turn.state.episode === undefined;
  noteFailure(turn, error);
  const asked = retryAfterMs(error);
  const floorMs = Math.max(rule.minDelayMs, asked);
  if (rule.first === "at-once" && asked === 0 && takeImmediateRetry(turn, error.kind, goal))
    plan(turn, goal, 0);
  else if (spreads) plan(turn, goal, Math.max(floorMs, turn.random * SYNC_PARAMETERS.abruptSpreadMs));
  else plan(turn, goal, Math.max(floorMs, nextBackoffMs(turn)));
}

/** Takes the next delay from the backoff; begins an episode of trouble where there is none. */
export function nextBackoffMs(turn: Turn): number {
  beginEpisode(turn);
  const sinceMs = turn.state.episode?.sinceMs ?? turn.nowMs;
  const { delayMs, backoff } = backOff(turn.state.backoff, turn.nowMs - sinceMs, turn.random);
  update(turn, { backoff });
  return delayMs;
}

/** What the server asked us to wait, within what we grant. 0: nothing. */
export function retryAfterMs(error: SyncError): number {
  return Math.min(error.retryAfterMs ?? 0, SYNC_PARAMETERS.retryAfterLimitMs);
}

/** Counts and logs a failure, says the trouble, and has a missing permission diagnosed once an episode. */
export function noteFailure(turn: Turn, error: SyncError): void {
  beginEpisode(turn);
  countFailure(turn);
  turn.effects.push({ kind: "count-retry", reason: error.kind });
  const { reason } = FAILURE_TABLE[error.kind];
  const facts = { kind: error.kind, error: error.message, httpStatus: error.httpStatus };
  if (error.kind === "malformed") log(turn, "sync_malformed", facts);
  if (reason !== undefined) sayTrouble(turn, reason, facts);
  const { episode } = turn.state;
  if (error.kind === "forbidden" && episode?.diagnosed === false) {
    update(turn, { episode: { ...episode, diagnosed: true } });
    turn.effects.push({ kind: "diagnose", error });
  }
}

/** Says what is news for clients, the reason, and what is news for the log alone: another kind behind the same reason. */
function sayTrouble(turn: Turn, reason: StaleReason, facts: FailureFacts): void {
  const { episode, trouble } = turn.state;
  if (episode === undefined) return;
  const isTold = episode.told.includes(facts.kind);
  if (!isTold) update(turn, { episode: { ...episode, told: [...episode.told, facts.kind] } });
  if (trouble !== reason) setTrouble(turn, reason, facts);
  else if (!isTold) log(turn, "sync_trouble", { reason, ...facts });
}

function beginEpisode(turn: Turn): void {
  if (turn.state.episode !== undefined) return;
  const { healthySinceMs } = turn.state;
  const wasHealthyForMs = healthySinceMs === undefined ? 0 : turn.nowMs - healthySinceMs;
  update(turn, {
    episode: { sinceMs: turn.nowMs, retriedAtOnce: [], failureCount: 0, told: [], diagnosed: false },
    healthySinceMs: undefined,
    backoff: wasHealthyForMs >= SYNC_PARAMETERS.backoff.healthyResetMs ? RESTED : turn.state.backoff,
  });
}

/** More than one failure in a row is a server that was away, and another may answer now. */
function countFailure(turn: Turn): void {
  const { episode, synced, unverified } = turn.state;
  if (episode === undefined) return;
  const failureCount = episode.failureCount + 1;
  update(turn, {
    episode: { ...episode, failureCount },
    unverified: unverified || (synced && failureCount > 1),
  });
}

/** One immediate retry for each kind and goal in an episode: 410 may be followed by two lists, a 401 by one retry. */
function takeImmediateRetry(turn: Turn, kind: SyncErrorKind, goal: Goal): boolean {
  const { episode } = turn.state;
  const mark = kind === "expired" && goal.kind === "list" ? `${kind} ${goal.from}` : kind;
  if (episode === undefined || episode.retriedAtOnce.includes(mark)) return false;
  update(turn, { episode: { ...episode, retriedAtOnce: [...episode.retriedAtOnce, mark] } });
  return true;
}

function goalAfter(turn: Turn, phase: Phase, kind: SyncErrorKind): Goal {
  if (!turn.state.synced) return { ...listGoal("initial"), plain: false };
  if (phase.kind === "listing") return listAfter(phase.goal, kind);
  const { next } = FAILURE_TABLE[kind];
  if (next === "watch") return { kind: "watch" };
  return listGoal(kind === "malformed" ? "malformed" : "expired", next === "list-last" ? "last" : "any");
}

/** A list that was refused for its version is asked for without one (client-go: never back in time, then quorum). */
function listAfter(goal: ListGoal, kind: SyncErrorKind): ListGoal {
  return kind === "expired" || kind === "version-too-large" ? { ...goal, from: "any" } : goal;
}
