/** Plays the table of transitions against the pure step. Without RxJS, and the only time is in the table. */
import { expect } from "chai";
import type { Effect, Input, TimerName } from "../../../../src/sync/engine/list-watch-state.ts";
import { step } from "../../../../src/sync/engine/list-watch.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { OPEN } from "../../../support/marbles-signals.ts";
import {
  CONTEXT,
  failed,
  inputText,
  STATES,
  timer,
  TRANSITIONS,
} from "../../../support/sync/transition-table.ts";

const LATE_TIMERS: readonly TimerName[] = ["marker", "settle", "silence", "overdue", "successor", "proof"];

describe("list-watch: step", () => {
  for (const { from, input, to, does } of TRANSITIONS)
    it(`goes from ${from} by ${inputText(input)} to ${to}${does.length === 0 ? ", without an effect" : ""}`, () => {
      const next = step(STATES[from], input, CONTEXT);
      expect(next.state.phase.kind).to.equal(to);
      expect(next.effects.filter(isVisible).map(effectText)).to.deep.equal(does);
    });

  it("ignores a timer that fires late", () => {
    for (const name of LATE_TIMERS)
      for (const state of [STATES.starting, STATES.opening, STATES.waiting, STATES.listing])
        expect(step(state, timer(name), CONTEXT), `${name} in ${state.phase.kind}`).to.deep.equal({
          state,
          effects: [],
        });
  });

  it("sets a timer again that fires early (timers may, by a fraction of a millisecond)", () => {
    const early = { ...CONTEXT, nowMs: 90_000.5 };
    for (const name of ["settle", "silence", "overdue"] as const)
      expect(step(STATES.watching, timer(name), early).effects.map(effectText)).to.deep.equal([
        `arm ${name}`,
      ]);
  });

  it("changes neither its state nor its input", () => {
    const frozen = deepFreeze(STATES.watching);
    expect(() => step(frozen, failed("reset"), CONTEXT)).not.to.throw();
    expect(step(frozen, failed("reset"), CONTEXT)).to.deep.equal(step(frozen, failed("reset"), CONTEXT));
  });

  it("accepts every input in every state", () => {
    const error = new SyncError("server", "500");
    const inputs: readonly Input[] = [
      ...TRANSITIONS.map((row) => row.input),
      { kind: "versions", list: { resourceVersion: "1", versions: new Map() } },
      { kind: "versions-failed", error },
      { kind: "proof-unwanted" },
      { kind: "completed", slot: "successor" },
      { kind: "failed", slot: "successor", error },
      { kind: "watch-signal", slot: "successor", signal: OPEN },
      timer("anti-entropy"),
      timer("resume-proof"),
    ];
    for (const state of Object.values(STATES))
      for (const input of inputs) expect(() => step(state, input, CONTEXT)).not.to.throw();
  });
});

/** Whether it is more than a counter, a log line or a gauge. */
function isVisible(effect: Effect): boolean {
  return !effect.kind.startsWith("count-") && !["log", "show-backoff", "learn"].includes(effect.kind);
}

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case "emit":
      return `emit ${effect.event.kind}`;
    case "open-watch":
    case "close":
      return `${effect.kind} ${effect.slot}`;
    case "arm":
      return `${effect.kind} ${effect.timer}`;
    default:
      return effect.kind;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
