/**
 * What follows when a list or watch fails: a table of what each kind of failure means for the freshness of an answer and
 * for the next attempt, and the code that applies a row. The old snapshot is served all the time; the only change to it is
 * that an incomplete list is dropped.
 */
import type { StaleReason } from "../../core/time/freshness.ts";
import type { EventFields } from "../../log/events.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { SyncError, SyncErrorKind } from "../port/sync-error.ts";
import { backOff, RESTED } from "./backoff.ts";
import type { Goal, ListGoal, Phase } from "./list-watch-state.ts";
import type { Transition } from "./transition.ts";
import { listGoal, log, openList, plan, setTrouble, update } from "./transition.ts";

/** A row. */
interface FailureRow {
  /** The reason in the freshness of an answer; undefined: the source itself has no trouble. */
  readonly reason: StaleReason | undefined;
  /**
   * The first retry of a trouble. "at-once": the adapter has already renewed what failed (token, CA), or another request
   * will succeed. "spread": every client of the server saw the same disconnect.
   */
  readonly first: "at-once" | "spread" | "backoff";
  /** What follows a broken watch. */
  readonly next: "watch" | "list-last" | "list-any";
  /** Shortest delay in milliseconds, whatever the backoff is. */
  readonly minDelayMs: number;
}

const row = (
  reason: StaleReason | undefined,
  first: FailureRow["first"],
  next: FailureRow["next"] = "watch",
  minDelayMs = 0,
): FailureRow => ({ reason, first, next, minDelayMs });

/** The rows. 410 is `expired`: a list from the last version at once. */
export const FAILURE_TABLE: Readonly<Record<SyncErrorKind, FailureRow>> = {
  expired: row(undefined, "at-once", "list-last"),
  "version-too-large": row("SOURCE_ERROR", "backoff", "list-any", SYNC_PARAMETERS.laggingServerMs),
  throttled: row("THROTTLED", "backoff"),
  server: row("SOURCE_ERROR", "backoff"),
  unauthorized: row("UNAUTHORIZED", "at-once"),
  forbidden: row("FORBIDDEN", "backoff"),
  tls: row("UNREACHABLE", "at-once"),
  unreachable: row("UNREACHABLE", "spread"),
  reset: row("UNREACHABLE", "spread"),
  "dead-connection": row("DEAD_CONNECTION", "spread"),
  timeout: row("UNREACHABLE", "spread"),
  "watch-list-unsupported": row("CONFIGURATION", "backoff"),
  malformed: row("SOURCE_ERROR", "backoff", "list-any"),
  configuration: row("CONFIGURATION", "backoff"),
};

/** The main request failed; its subscription has ended. */
export function mainFailed(transition: Transition, error: SyncError): void {
  const { phase } = transition.state;
  if (phase.kind === "listing") {
    abandonList(transition);
    if (phase.via === "watch-list" && error.kind === "watch-list-unsupported") {
      transition.effects.push({ kind: "learn", traits: { watchList: "unsupported" } });
      log(transition, "sync_watch_list_unsupported", { error: error.message });
      openList(transition, { ...phase.goal, plain: true });
      return;
    }
  }
  if (phase.kind === "watching" || phase.kind === "opening")
    transition.effects.push({ kind: "count-restart", reason: error.kind });
  retry(transition, error, goalAfter(transition, phase, error.kind));
}

/** Drops the list in progress. */
export function abandonList(transition: Transition): void {
  const { phase, scope } = transition.state;
  if (phase.kind === "listing" && phase.begun)
    transition.effects.push({ kind: "emit", event: { kind: "reset-abort", scope } });
}

/** Records the failure and plans the goal after the delay of its row. */
export function retry(transition: Transition, error: SyncError, goal: Goal): void {
  const { first, minDelayMs } = FAILURE_TABLE[error.kind];
  const { synced, episode } = transition.state;
  const isSpread = first === "spread" && synced && episode === undefined;
  recordFailure(transition, error);
  const askedMs = retryAfterMs(error);
  const floorMs = Math.max(minDelayMs, askedMs);
  if (first === "at-once" && askedMs === 0 && takeImmediateRetry(transition, error.kind, goal))
    plan(transition, goal, 0);
  else if (isSpread)
    plan(transition, goal, Math.max(floorMs, transition.random * SYNC_PARAMETERS.abruptSpreadMs));
  else plan(transition, goal, Math.max(floorMs, nextBackoffMs(transition)));
}

/** Takes the next delay from the backoff; begins an episode if there is none. */
export function nextBackoffMs(transition: Transition): number {
  beginEpisode(transition);
  const sinceMs = transition.state.episode?.sinceMs ?? transition.nowMs;
  const { delayMs, backoff } = backOff(
    transition.state.backoff,
    transition.nowMs - sinceMs,
    transition.random,
  );
  update(transition, { backoff });
  return delayMs;
}

/** The delay that the server asked for, within our limit. 0: none. */
export function retryAfterMs(error: SyncError): number {
  return Math.min(error.retryAfterMs ?? 0, SYNC_PARAMETERS.retryAfterLimitMs);
}

/** Counts and logs a failure and reports the trouble. */
export function recordFailure(transition: Transition, error: SyncError): void {
  beginEpisode(transition);
  countFailure(transition);
  transition.effects.push({ kind: "count-retry", reason: error.kind });
  const { reason } = FAILURE_TABLE[error.kind];
  const facts = { kind: error.kind, error: error.message, httpStatus: error.httpStatus };
  if (error.kind === "malformed") log(transition, "sync_malformed", facts);
  if (reason !== undefined) reportTrouble(transition, reason, facts);
  if (error.kind === "forbidden") countForbidden(transition, error);
}

/** Reports a new reason to clients and the log, and another kind of failure behind the same reason to the log alone. */
function reportTrouble(
  transition: Transition,
  reason: StaleReason,
  facts: EventFields & { readonly kind: SyncErrorKind },
): void {
  const { episode, trouble } = transition.state;
  if (episode === undefined) return;
  const isLogged = episode.logged.includes(facts.kind);
  if (!isLogged) update(transition, { episode: { ...episode, logged: [...episode.logged, facts.kind] } });
  if (trouble !== reason) setTrouble(transition, reason, facts);
  else if (!isLogged) log(transition, "sync_trouble", { reason, ...facts });
}

function beginEpisode(transition: Transition): void {
  const { episode, healthySinceMs = transition.nowMs, backoff } = transition.state;
  if (episode !== undefined) return;
  const wasHealthyForMs = transition.nowMs - healthySinceMs;
  update(transition, {
    episode: { sinceMs: transition.nowMs, retriedAtOnce: [], failureCount: 0, logged: [], forbiddenCount: 0 },
    healthySinceMs: undefined,
    backoff: wasHealthyForMs >= SYNC_PARAMETERS.backoff.healthyResetMs ? RESTED : backoff,
  });
}

/** After more than one failure in a row the server was away, and another one may answer now. */
function countFailure(transition: Transition): void {
  const { episode, synced, unverified } = transition.state;
  if (episode === undefined) return;
  const failureCount = episode.failureCount + 1;
  update(transition, {
    episode: { ...episode, failureCount },
    unverified: unverified || (synced && failureCount > 1),
  });
}

/**
 * Starts the diagnosis of a missing permission once an episode, at the second 403: an API server that starts answers 403
 * for about a second although the permission exists (measured on 1.36).
 */
function countForbidden(transition: Transition, error: SyncError): void {
  const { episode } = transition.state;
  if (episode === undefined) return;
  const forbiddenCount = episode.forbiddenCount + 1;
  update(transition, { episode: { ...episode, forbiddenCount } });
  if (forbiddenCount === 2) transition.effects.push({ kind: "diagnose", error });
}

/** One immediate retry for each kind and goal in an episode: two lists after a 410, one retry after a 401. */
function takeImmediateRetry(transition: Transition, kind: SyncErrorKind, goal: Goal): boolean {
  const { episode } = transition.state;
  const retried = kind === "expired" && goal.kind === "list" ? `${kind} ${goal.from}` : kind;
  if (episode === undefined || episode.retriedAtOnce.includes(retried)) return false;
  update(transition, { episode: { ...episode, retriedAtOnce: [...episode.retriedAtOnce, retried] } });
  return true;
}

function goalAfter(transition: Transition, phase: Phase, kind: SyncErrorKind): Goal {
  if (!transition.state.synced) return listGoal("initial");
  if (phase.kind === "listing") return listAfter(phase.goal, kind);
  return goalAfterWatch(kind);
}

/** What follows a watch that failed like this. */
export function goalAfterWatch(kind: SyncErrorKind): Goal {
  const { next } = FAILURE_TABLE[kind];
  if (next === "watch") return { kind: "watch" };
  return listGoal(kind === "malformed" ? "malformed" : "expired", next === "list-last" ? "last" : "any");
}

/** A list that was refused for its version is requested without one (client-go: never back in time, then quorum). */
function listAfter(goal: ListGoal, kind: SyncErrorKind): ListGoal {
  return kind === "expired" || kind === "version-too-large" ? { ...goal, from: "any" } : goal;
}
