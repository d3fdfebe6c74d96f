/**
 * The state machine of a reflector: one pure step from a state and an input to the next state and the effects to carry out.
 * `reflector.ts` calls it for everything that happens in one scope. It imports neither RxJS nor Kubernetes. Every input is
 * valid in every state; one that does not fit, such as a timer that fired late, changes nothing.
 */
import { SyncError } from "../port/sync-error.ts";
import { FAILURE_TABLE, mainFailed } from "./failure.ts";
import type { Effect, Input, ListWatchState, TimerName } from "./list-watch-state.ts";
import { onInitialSignal, onListCompleted, onListSignal, onMarkerTimer } from "./listing.ts";
import {
  armAntiEntropy,
  onAntiEntropyTimer,
  onProofTimer,
  onVersions,
  onVersionsFailed,
  requestProof,
} from "./proof.ts";
import type { StepContext, Transition } from "./transition.ts";
import { begin, closeWatch, enter, listGoal, plan, updateProof } from "./transition.ts";
import {
  handOver,
  onOverdueTimer,
  onResumeProofTimer,
  onSettleTimer,
  onSilenceTimer,
  onSuccessorSignal,
  onSuccessorTimer,
  onWatchCompleted,
  onWatchSignal,
  successorFailed,
} from "./watching.ts";

/** The result of a step. */
export interface Step {
  readonly state: ListWatchState;
  /** To be carried out in this order. */
  readonly effects: readonly Effect[];
}

/** One step. Pure: the same arguments give the same result. */
export function step(state: ListWatchState, input: Input, context: StepContext): Step {
  const transition: Transition = { ...context, state, effects: [] };
  onInput(transition, input);
  return { state: transition.state, effects: transition.effects };
}

function onInput(transition: Transition, input: Input): void {
  const { phase } = transition.state;
  switch (input.kind) {
    case "start":
      armAntiEntropy(transition);
      begin(transition, listGoal("initial"));
      return;
    case "timer":
      onTimer(transition, input.timer);
      return;
    case "list-signal":
      if (phase.kind === "listing") onListSignal(transition, phase, input.signal);
      return;
    case "watch-signal":
      if (input.slot === "successor") {
        if (phase.kind === "watching") onSuccessorSignal(transition, phase, input.signal);
      } else if (phase.kind === "listing") onInitialSignal(transition, phase, input.signal);
      else onWatchSignal(transition, phase, input.signal);
      return;
    case "completed":
      onCompleted(transition, input.slot);
      return;
    case "failed":
      onFailed(transition, input.slot, input.error);
      return;
    case "versions":
      onVersions(transition, input.list);
      return;
    case "versions-failed":
      onVersionsFailed(transition, input.error);
      return;
    case "relist":
      onRelist(transition, input.cause);
      return;
    case "proof-wanted":
      updateProof(transition, { wanted: true });
      requestProof(transition, "demand");
      return;
    case "proof-unwanted":
      updateProof(transition, { wanted: false });
  }
}

function onTimer(transition: Transition, timer: TimerName): void {
  const { phase } = transition.state;
  switch (timer) {
    case "attempt":
      if (phase.kind === "waiting") begin(transition, phase.goal);
      return;
    case "marker":
      if (phase.kind === "listing") onMarkerTimer(transition, phase);
      return;
    case "settle":
      if (phase.kind === "watching") onSettleTimer(transition, phase);
      return;
    case "silence":
      if (phase.kind === "watching") onSilenceTimer(transition, phase);
      return;
    case "overdue":
      if (phase.kind === "watching") onOverdueTimer(transition, phase);
      return;
    case "successor":
      if (phase.kind === "watching") onSuccessorTimer(transition, phase);
      return;
    case "proof":
      onProofTimer(transition);
      return;
    case "resume-proof":
      onResumeProofTimer(transition);
      return;
    case "anti-entropy":
      onAntiEntropyTimer(transition);
  }
}

function onCompleted(transition: Transition, slot: "main" | "successor"): void {
  const { phase } = transition.state;
  if (slot === "main") {
    if (phase.kind === "listing") onListCompleted(transition, phase);
    else onWatchCompleted(transition, phase);
  } else if (phase.kind === "watching") {
    const error = new SyncError("reset", "the next watch ended before it was answered");
    successorFailed(transition, phase, error);
  }
}

function onFailed(transition: Transition, slot: "main" | "successor", error: SyncError): void {
  const { phase } = transition.state;
  if (slot === "successor") {
    if (phase.kind === "watching") successorFailed(transition, phase, error);
    return;
  }
  if (phase.kind === "watching" && phase.successor !== undefined) {
    if (FAILURE_TABLE[error.kind].next === "watch") {
      handOver(transition, phase.successor);
      return;
    }
    transition.effects.push({ kind: "close", slot: "successor" });
  }
  mainFailed(transition, error);
}

/** A list was requested from outside. A list that is planned or in progress already serves; a watch is replaced by it. */
function onRelist(transition: Transition, cause: Parameters<typeof listGoal>[0]): void {
  const { phase } = transition.state;
  const goal = { ...listGoal(cause), plain: true };
  if (phase.kind === "waiting" && phase.goal.kind === "watch") enter(transition, { ...phase, goal });
  else if (phase.kind === "opening" || phase.kind === "watching") {
    if (phase.kind === "watching") closeWatch(transition, phase);
    else transition.effects.push({ kind: "close", slot: "main" });
    plan(transition, goal, 0);
  }
}
