/**
 * One turn of the reflector: the state it began with, what it may look at, and the effects it collects. Local to a
 * single call of `step`, which is pure from outside. Also the small moves that every state shares.
 */
import type { CredentialKey } from "../../core/credential/credential.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import type { EventFields, EventName } from "../../log/events.ts";
import type { Effect, ListWatchState, Phase, ProofState } from "./list-watch-state.ts";
import type { ServerTraits } from "../port/server-traits.ts";

/** What a step may look at besides state and input; the driver takes it anew for each. */
export interface StepContext {
  readonly nowMs: number;
  /** One random number in [0, 1). */
  readonly random: number;
  readonly traits: ServerTraits;
  /** What the store holds of this scope. Linear; asked only when two lists have to be compared. */
  readonly held: () => ReadonlyMap<CredentialKey, string>;
}

/** See the file comment. */
export interface Turn extends StepContext {
  state: ListWatchState;
  readonly effects: Effect[];
}

/** Changes the memory that outlives phases. */
export function update(turn: Turn, part: Partial<ListWatchState>): void {
  turn.state = { ...turn.state, ...part };
}

/** Enters a phase, or changes the one it is in. */
export function enter(turn: Turn, phase: Phase): void {
  turn.state = { ...turn.state, phase };
}

/** Changes the state of the comparison by names and versions. */
export function updateProof(turn: Turn, part: Partial<ProofState>): void {
  turn.state = { ...turn.state, proof: { ...turn.state.proof, ...part } };
}

/** Writes a log line that names the scope. */
export function log(turn: Turn, event: EventName, fields: EventFields = {}): void {
  turn.effects.push({ kind: "log", event, fields: { scope: turn.state.scope, ...fields } });
}

/** Says what the source complains of, if that is news; undefined: it is well again. */
export function setTrouble(turn: Turn, reason: StaleReason | undefined, fields: EventFields = {}): void {
  if (turn.state.trouble === reason) return;
  update(turn, { trouble: reason });
  turn.effects.push({ kind: "emit", event: { kind: "trouble", scope: turn.state.scope, reason } });
  if (reason === undefined) log(turn, "sync_recovered", fields);
  else log(turn, "sync_trouble", { reason, ...fields });
}
