/**
 * When the next list or watch starts: after its delay, and never so that more rounds than allowed start within the
 * window. Every way out of every state goes through `plan`, which is what makes hot loops impossible.
 */
import type { Goal, ListGoal } from "./list-watch-state.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { WatchRequest } from "../port/source.ts";
import type { Turn } from "./step-context.ts";
import { enter, update } from "./step-context.ts";

const { rounds: ROUNDS, watch: WATCH } = SYNC_PARAMETERS;

/** Goes for the goal after a delay; at once where it is 0 and the window allows. */
export function plan(turn: Turn, goal: Goal, delayMs: number): void {
  const dueAtMs = Math.max(turn.nowMs + delayMs, windowOpensAtMs(turn.state.roundsAtMs));
  if (dueAtMs <= turn.nowMs) {
    begin(turn, goal);
    return;
  }
  enter(turn, { kind: "waiting", goal, dueAtMs });
  turn.effects.push({ kind: "arm", timer: "attempt", delayMs: dueAtMs - turn.nowMs });
  turn.effects.push({ kind: "show-backoff", seconds: (dueAtMs - turn.nowMs) / 1000 });
}

/** Starts a round now. */
export function begin(turn: Turn, goal: Goal): void {
  update(turn, { roundsAtMs: [...turn.state.roundsAtMs, turn.nowMs].slice(-ROUNDS.limit) });
  turn.effects.push({ kind: "show-backoff", seconds: 0 });
  if (goal.kind === "list") openList(turn, goal);
  else openWatch(turn);
}

/** Asks for a complete list; part of the round under way. */
export function openList(turn: Turn, goal: ListGoal): void {
  const canStream = goal.cause === "initial" && !goal.plain && !turn.state.avoidWatchList;
  const via = canStream && turn.traits.watchList !== "unsupported" ? "watch-list" : "list";
  const requestedVersion = goal.from === "last" ? turn.state.lastVersion : "";
  const timeoutSeconds = randomTimeoutSeconds(turn.random);
  enter(turn, {
    kind: "listing",
    goal,
    via,
    requestedVersion,
    timeoutSeconds,
    begun: false,
    itemCount: 0,
    endVersion: undefined,
    openedAtMs: undefined,
    heardAtMs: turn.nowMs,
    goingAway: false,
  });
  turn.effects.push(
    via === "list"
      ? { kind: "open-list", request: { resourceVersion: requestedVersion } }
      : {
          kind: "open-watch",
          slot: "main",
          request: { resourceVersion: requestedVersion, initialEvents: true, timeoutSeconds },
        },
  );
}

/** Asks for a watch from the last version; part of the round under way. */
export function openWatch(turn: Turn): void {
  const timeoutSeconds = randomTimeoutSeconds(turn.random);
  enter(turn, { kind: "opening", timeoutSeconds, goingAway: false });
  turn.effects.push({ kind: "open-watch", slot: "main", request: resumeRequest(turn, timeoutSeconds) });
}

/**
 * The request for a watch from the last version. With the short timeout while the trouble is young: a request that a
 * short fault has swallowed must not be waited for longer than the fault lasted. A server that is merely slow gets
 * its full time after that.
 */
export function resumeRequest(turn: Turn, timeoutSeconds: number): WatchRequest {
  const { episode, lastVersion } = turn.state;
  const troubleForMs = episode === undefined ? 0 : turn.nowMs - episode.sinceMs;
  const shortTimeout = troubleForMs < SYNC_PARAMETERS.backoff.earlyForMs;
  return { resourceVersion: lastVersion, initialEvents: false, timeoutSeconds, shortTimeout };
}

/** A watch timeout for the server, in seconds. */
export function randomTimeoutSeconds(random: number): number {
  const { timeoutFromSeconds, timeoutToSeconds } = WATCH;
  return timeoutFromSeconds + Math.floor(random * (timeoutToSeconds - timeoutFromSeconds + 1));
}

/** A fresh consistent list for a cause. */
export function listGoal(cause: ListGoal["cause"], from: ListGoal["from"] = "any"): ListGoal {
  return { kind: "list", cause, from, plain: false };
}

function windowOpensAtMs(roundsAtMs: readonly number[]): number {
  const oldest = roundsAtMs[0];
  return oldest === undefined || roundsAtMs.length < ROUNDS.limit ? -Infinity : oldest + ROUNDS.windowMs;
}
