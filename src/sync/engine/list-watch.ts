/**
 * The reflector's brain: one pure step from a state and an input to the next state and the effects to carry out.
 * Called by `reflector.ts` for everything that happens in one scope; knows neither RxJS nor Kubernetes. Keeps true
 * that there is an answer to every input in every state: what does not fit (a timer that came late) changes nothing.
 */
import { FAILURE_TABLE } from "./failure-table.ts";
import type { Effect, Input, ListWatchState, TimerName } from "./list-watch-state.ts";
import { begin, listGoal, plan } from "./rounds.ts";
import { onInitialSignal, onListCompleted, onListSignal, onMarkerTimer } from "./step-list.ts";
import {
  armAntiEntropy,
  onAntiEntropyTimer,
  onProofTimer,
  onVersions,
  onVersionsFailed,
  wantProof,
} from "./step-proof.ts";
import { mainFailed } from "./step-failure.ts";
import { handOver, onSuccessorSignal, onSuccessorTimer, successorFailed } from "./step-successor.ts";
import {
  onOverdueTimer,
  onResumeProofTimer,
  onSettleTimer,
  onSilenceTimer,
  onWatchCompleted,
  onWatchSignal,
} from "./step-watch.ts";
import { SyncError } from "../port/sync-error.ts";
import type { StepContext, Turn } from "./step-context.ts";
import { enter, updateProof } from "./step-context.ts";
import { closeWatch } from "./watching.ts";

/** What a step returns. */
export interface Step {
  readonly state: ListWatchState;
  /** To be carried out in this order. */
  readonly effects: readonly Effect[];
}

/** One step. Pure: the same arguments give the same result. */
export function step(state: ListWatchState, input: Input, context: StepContext): Step {
  const turn: Turn = { ...context, state, effects: [] };
  take(turn, input);
  return { state: turn.state, effects: turn.effects };
}

function take(turn: Turn, input: Input): void {
  const { phase } = turn.state;
  switch (input.kind) {
    case "start":
      armAntiEntropy(turn);
      begin(turn, listGoal("initial"));
      return;
    case "timer":
      onTimer(turn, input.timer);
      return;
    case "list-signal":
      if (phase.kind === "listing") onListSignal(turn, phase, input.signal);
      return;
    case "watch-signal":
      if (input.slot === "successor") {
        if (phase.kind === "watching") onSuccessorSignal(turn, phase, input.signal);
      } else if (phase.kind === "listing") onInitialSignal(turn, phase, input.signal);
      else onWatchSignal(turn, phase, input.signal);
      return;
    case "completed":
      onCompleted(turn, input.slot);
      return;
    case "failed":
      onFailed(turn, input.slot, input.error);
      return;
    case "versions":
      onVersions(turn, input.list);
      return;
    case "versions-failed":
      onVersionsFailed(turn, input.error);
      return;
    case "relist":
      onRelist(turn, input.cause);
      return;
    case "proof-wanted":
      updateProof(turn, { wanted: true });
      wantProof(turn, "demand");
      return;
    case "proof-unwanted":
      updateProof(turn, { wanted: false });
  }
}

function onTimer(turn: Turn, timer: TimerName): void {
  const { phase } = turn.state;
  switch (timer) {
    case "attempt":
      if (phase.kind === "waiting") begin(turn, phase.goal);
      return;
    case "marker":
      if (phase.kind === "listing") onMarkerTimer(turn, phase);
      return;
    case "settle":
      if (phase.kind === "watching") onSettleTimer(turn, phase);
      return;
    case "silence":
      if (phase.kind === "watching") onSilenceTimer(turn, phase);
      return;
    case "overdue":
      if (phase.kind === "watching") onOverdueTimer(turn, phase);
      return;
    case "successor":
      if (phase.kind === "watching") onSuccessorTimer(turn, phase);
      return;
    case "proof":
      onProofTimer(turn);
      return;
    case "resume-proof":
      onResumeProofTimer(turn);
      return;
    case "anti-entropy":
      onAntiEntropyTimer(turn);
  }
}

function onCompleted(turn: Turn, slot: "main" | "successor"): void {
  const { phase } = turn.state;
  if (slot === "main") {
    if (phase.kind === "listing") onListCompleted(turn, phase);
    else onWatchCompleted(turn, phase);
  } else if (phase.kind === "watching") {
    successorFailed(turn, phase, new SyncError("reset", "the next watch ended before it was answered"));
  }
}

function onFailed(turn: Turn, slot: "main" | "successor", error: SyncError): void {
  const { phase } = turn.state;
  if (slot === "successor") {
    if (phase.kind === "watching") successorFailed(turn, phase, error);
    return;
  }
  if (phase.kind === "watching" && phase.successor !== undefined) {
    if (FAILURE_TABLE[error.kind].next === "watch") {
      handOver(turn, phase.successor);
      return;
    }
    turn.effects.push({ kind: "close", slot: "successor" });
  }
  mainFailed(turn, error);
}

/** Somebody asks for a list. One under way or due is that list; a watch gives way to it. */
function onRelist(turn: Turn, cause: Parameters<typeof listGoal>[0]): void {
  const { phase } = turn.state;
  const goal = { ...listGoal(cause), plain: true };
  if (phase.kind === "waiting" && phase.goal.kind === "watch") enter(turn, { ...phase, goal });
  else if (phase.kind === "opening" || phase.kind === "watching") {
    if (phase.kind === "watching") closeWatch(turn, phase);
    else turn.effects.push({ kind: "close", slot: "main" });
    plan(turn, goal, 0);
  }
}
