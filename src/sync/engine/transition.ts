/**
 * One transition of the state machine: the state that it started from, what it may read, and the effects that it collects.
 * It lives for one call of `step`, which is pure from outside. Also the moves that several phases share: every way to the
 * next list or watch goes through `plan`, which limits how many start within a window.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import type { EventFields, EventName } from "../../log/events.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { ServerTraits } from "../port/server-traits.ts";
import type { WatchRequest } from "../port/source.ts";
import type {
  Effect,
  Goal,
  ListGoal,
  ListWatchState,
  Phase,
  ProofState,
  WatchingPhase,
} from "./list-watch-state.ts";

const { rounds: ROUNDS, watch: WATCH } = SYNC_PARAMETERS;

/** What a step may read besides state and input. The reflector makes one for each step. */
export interface StepContext {
  readonly nowMs: number;
  /** One random number in [0, 1). */
  readonly random: number;
  readonly traits: ServerTraits;
  /** What the store holds of this scope. Linear time; called only to compare two lists. */
  readonly held: () => ReadonlyMap<CredentialKey, string>;
}

/** See the file comment. */
export interface Transition extends StepContext {
  state: ListWatchState;
  readonly effects: Effect[];
}

/** Changes fields that outlive the phase. */
export function update(transition: Transition, part: Partial<ListWatchState>): void {
  transition.state = { ...transition.state, ...part };
}

/** Enters a phase, or changes the current one. */
export function enter(transition: Transition, phase: Phase): void {
  transition.state = { ...transition.state, phase };
}

/** Changes the state of the comparison by names and versions. */
export function updateProof(transition: Transition, part: Partial<ProofState>): void {
  transition.state = { ...transition.state, proof: { ...transition.state.proof, ...part } };
}

/** Writes a log line that names the scope. */
export function log(transition: Transition, event: EventName, fields: EventFields = {}): void {
  transition.effects.push({ kind: "log", event, fields: { scope: transition.state.scope, ...fields } });
}

/** Reports why the source fails, if that is new; undefined: it has recovered. */
export function setTrouble(
  transition: Transition,
  reason: StaleReason | undefined,
  fields: EventFields = {},
): void {
  const { scope, trouble } = transition.state;
  if (trouble === reason) return;
  update(transition, { trouble: reason });
  transition.effects.push({ kind: "emit", event: { kind: "trouble", scope, reason } });
  if (reason === undefined) log(transition, "sync_recovered", fields);
  else log(transition, "sync_trouble", { reason, ...fields });
}

/** Starts the goal after a delay; at once if the delay is 0 and the window allows it. */
export function plan(transition: Transition, goal: Goal, delayMs: number): void {
  const dueAtMs = Math.max(transition.nowMs + delayMs, windowOpensAtMs(transition.state.roundsAtMs));
  if (dueAtMs <= transition.nowMs) {
    begin(transition, goal);
    return;
  }
  enter(transition, { kind: "waiting", goal, dueAtMs });
  transition.effects.push({ kind: "arm", timer: "attempt", delayMs: dueAtMs - transition.nowMs });
  transition.effects.push({ kind: "show-backoff", seconds: (dueAtMs - transition.nowMs) / 1000 });
}

function windowOpensAtMs(roundsAtMs: readonly number[]): number {
  const oldest = roundsAtMs[0];
  return oldest === undefined || roundsAtMs.length < ROUNDS.limit ? -Infinity : oldest + ROUNDS.windowMs;
}

/** Starts a round now. */
export function begin(transition: Transition, goal: Goal): void {
  const { roundsAtMs } = transition.state;
  update(transition, { roundsAtMs: [...roundsAtMs, transition.nowMs].slice(-ROUNDS.limit) });
  transition.effects.push({ kind: "show-backoff", seconds: 0 });
  if (goal.kind === "list") openList(transition, goal);
  else openWatch(transition);
}

/** A complete list for a cause; by default a consistent read. */
export function listGoal(cause: ListGoal["cause"], from: ListGoal["from"] = "any"): ListGoal {
  return { kind: "list", cause, from, plain: false };
}

/** Requests a complete list within the current round. */
export function openList(transition: Transition, goal: ListGoal): void {
  const { state, traits, nowMs } = transition;
  const canStream = goal.cause === "initial" && !goal.plain && !state.avoidWatchList;
  const via = canStream && traits.watchList !== "unsupported" ? "watch-list" : "list";
  const resourceVersion = goal.from === "last" ? state.lastVersion : "";
  const timeoutSeconds = randomTimeoutSeconds(transition.random);
  enter(transition, {
    kind: "listing",
    goal,
    via,
    requestedVersion: resourceVersion,
    timeoutSeconds,
    begun: false,
    itemCount: 0,
    endVersion: undefined,
    openedAtMs: undefined,
    lastSignalAtMs: nowMs,
    goingAway: false,
  });
  transition.effects.push(
    via === "list"
      ? { kind: "open-list", request: { resourceVersion } }
      : {
          kind: "open-watch",
          slot: "main",
          request: { resourceVersion, initialEvents: true, timeoutSeconds },
        },
  );
}

/** Requests a watch from the last version within the current round. */
export function openWatch(transition: Transition): void {
  const timeoutSeconds = randomTimeoutSeconds(transition.random);
  enter(transition, { kind: "opening", timeoutSeconds, goingAway: false });
  transition.effects.push({
    kind: "open-watch",
    slot: "main",
    request: resumeRequest(transition, timeoutSeconds),
  });
}

/**
 * The request for a watch from the last version. It has the short timeout while the trouble is young, so that a request
 * which a short fault swallowed does not wait longer than the fault lasted. Later a slow server gets the full time.
 */
export function resumeRequest(transition: Transition, timeoutSeconds: number): WatchRequest {
  const { episode, lastVersion } = transition.state;
  const troubleForMs = episode === undefined ? 0 : transition.nowMs - episode.sinceMs;
  const shortTimeout = troubleForMs < SYNC_PARAMETERS.backoff.earlyForMs;
  return { resourceVersion: lastVersion, initialEvents: false, timeoutSeconds, shortTimeout };
}

/** After how many seconds the server is asked to end a watch. */
export function randomTimeoutSeconds(random: number): number {
  const { timeoutFromSeconds, timeoutToSeconds } = WATCH;
  return timeoutFromSeconds + Math.floor(random * (timeoutToSeconds - timeoutFromSeconds + 1));
}

/** Closes the watch and its successor, if there is one. */
export function closeWatch(transition: Transition, phase: WatchingPhase): void {
  transition.effects.push({ kind: "close", slot: "main" });
  if (phase.successor !== undefined) transition.effects.push({ kind: "close", slot: "successor" });
}
