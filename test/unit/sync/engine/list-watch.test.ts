/** The pure step as a table: state and input in, phase and effects out. No RxJS, no time but what is written down. */
import { expect } from "chai";
import type { ScopeId } from "../../../../src/core/snapshot/sync-event.ts";
import type {
  Effect,
  Input,
  ListWatchState,
  Phase,
  TimerName,
} from "../../../../src/sync/engine/list-watch-state.ts";
import { initialState } from "../../../../src/sync/engine/list-watch-state.ts";
import { step } from "../../../../src/sync/engine/list-watch.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import type { StepContext } from "../../../../src/sync/engine/transition.ts";
import { bookmark, GOING_AWAY, marker, OPEN, put, remove } from "../../../support/marbles-signals.ts";

const CONTEXT: StepContext = {
  nowMs: 100_000,
  random: 0.5,
  traits: { watchList: "unknown", bookmarks: "seen" },
  held: () => new Map(),
};

const START = initialState("shop" as ScopeId, 0);

const WATCHING: ListWatchState = {
  ...START,
  synced: true,
  lastVersion: "20",
  provenAtMs: 90_000,
  phase: {
    kind: "watching",
    openedAtMs: 90_000,
    lastSignalAtMs: 90_000,
    overdueAtMs: 500_000,
    eventCount: 1,
    successor: undefined,
  },
};

const OPENING: ListWatchState = {
  ...WATCHING,
  phase: { kind: "opening", timeoutSeconds: 400, goingAway: false },
};

const WAITING: ListWatchState = {
  ...WATCHING,
  phase: { kind: "waiting", goal: { kind: "watch" }, dueAtMs: 100_000 },
};

const LISTING: ListWatchState = {
  ...WATCHING,
  phase: {
    kind: "listing",
    goal: { kind: "list", cause: "expired", from: "last", plain: false },
    via: "list",
    requestedVersion: "20",
    timeoutSeconds: 400,
    begun: false,
    itemCount: 0,
    endVersion: undefined,
    openedAtMs: undefined,
    lastSignalAtMs: 100_000,
    goingAway: false,
  },
};

const STATES = { START, WATCHING, OPENING, WAITING, LISTING } as const;

interface Row {
  readonly from: keyof typeof STATES;
  readonly input: Input;
  readonly to: Phase["kind"];
  readonly does: readonly string[];
}

const main = (signal: typeof OPEN): Input => ({ kind: "watch-signal", slot: "main", signal });
const failed = (kind: SyncError["kind"]): Input => ({
  kind: "failed",
  slot: "main",
  error: new SyncError(kind, kind),
});
const timer = (name: TimerName): Input => ({ kind: "timer", timer: name });

const ROWS: readonly Row[] = [
  { from: "START", input: { kind: "start" }, to: "listing", does: ["open-watch main"] },
  { from: "WAITING", input: timer("attempt"), to: "opening", does: ["open-watch main"] },
  { from: "OPENING", input: main(OPEN), to: "watching", does: ["arm settle", "arm silence", "arm overdue"] },
  { from: "WATCHING", input: main(put("a", 21)), to: "watching", does: ["emit put"] },
  { from: "WATCHING", input: main(remove("a", 21)), to: "watching", does: ["emit remove"] },
  { from: "WATCHING", input: main(bookmark(21)), to: "watching", does: ["emit proof"] },
  { from: "WATCHING", input: main(bookmark(19)), to: "watching", does: [] },
  { from: "WATCHING", input: main(marker(21)), to: "watching", does: ["emit proof"] },
  { from: "WATCHING", input: main(GOING_AWAY), to: "watching", does: ["arm successor"] },
  { from: "WATCHING", input: { kind: "completed", slot: "main" }, to: "waiting", does: ["arm attempt"] },
  { from: "WATCHING", input: failed("reset"), to: "waiting", does: ["emit trouble", "arm attempt"] },
  { from: "WATCHING", input: failed("expired"), to: "listing", does: ["open-list"] },
  {
    from: "WATCHING",
    input: failed("forbidden"),
    to: "waiting",
    does: ["emit trouble", "diagnose", "arm attempt"],
  },
  {
    from: "WATCHING",
    input: failed("unauthorized"),
    to: "opening",
    does: ["emit trouble", "open-watch main"],
  },
  {
    from: "WATCHING",
    input: { kind: "relist", cause: "limit" },
    to: "listing",
    does: ["close main", "open-list"],
  },
  {
    from: "OPENING",
    input: { kind: "relist", cause: "limit" },
    to: "listing",
    does: ["close main", "open-list"],
  },
  { from: "WAITING", input: { kind: "relist", cause: "limit" }, to: "waiting", does: [] },
  { from: "LISTING", input: { kind: "relist", cause: "limit" }, to: "listing", does: [] },
  {
    from: "OPENING",
    input: { kind: "completed", slot: "main" },
    to: "waiting",
    does: ["emit trouble", "arm attempt"],
  },
  {
    from: "LISTING",
    input: { kind: "list-signal", signal: { kind: "end", resourceVersion: "30" } },
    to: "listing",
    does: [],
  },
  {
    from: "LISTING",
    input: { kind: "completed", slot: "main" },
    to: "waiting",
    does: ["emit trouble", "arm attempt"],
  },
  { from: "LISTING", input: failed("expired"), to: "listing", does: ["open-list"] },
  {
    from: "LISTING",
    input: failed("version-too-large"),
    to: "waiting",
    does: ["emit trouble", "arm attempt"],
  },
  { from: "WATCHING", input: { kind: "proof-wanted" }, to: "watching", does: ["list-versions"] },
  { from: "LISTING", input: { kind: "proof-wanted" }, to: "listing", does: [] },
];

const LATE_TIMERS: readonly TimerName[] = ["marker", "settle", "silence", "overdue", "successor", "proof"];

describe(step.name, () => {
  for (const { from, input, to, does } of ROWS)
    it(`from ${from.toLowerCase()} by ${describeInput(input)} to ${to}`, () => {
      const next = step(STATES[from], input, CONTEXT);
      expect(next.state.phase.kind).to.equal(to);
      expect(next.effects.filter(isDeed).map(tell)).to.deep.equal(does);
    });

  it("lets a timer that comes late change nothing", () => {
    for (const name of LATE_TIMERS)
      for (const state of [START, OPENING, WAITING, LISTING])
        expect(step(state, timer(name), CONTEXT), `${name} in ${state.phase.kind}`).to.deep.equal({
          state,
          effects: [],
        });
  });

  it("sets a timer again that came early (timers may, by a fraction of a millisecond)", () => {
    const early = { ...CONTEXT, nowMs: 90_000.5 };
    expect(step(WATCHING, timer("settle"), early).effects.map(tell)).to.deep.equal(["arm settle"]);
    expect(step(WATCHING, timer("silence"), early).effects.map(tell)).to.deep.equal(["arm silence"]);
    expect(step(WATCHING, timer("overdue"), early).effects.map(tell)).to.deep.equal(["arm overdue"]);
  });

  it("changes neither its state nor its input", () => {
    const frozen = deepFreeze(WATCHING);
    expect(() => step(frozen, failed("reset"), CONTEXT)).not.to.throw();
    expect(step(frozen, failed("reset"), CONTEXT)).to.deep.equal(step(frozen, failed("reset"), CONTEXT));
  });

  it("has an answer to every input in every state", () => {
    const inputs: readonly Input[] = [
      ...ROWS.map((row) => row.input),
      { kind: "versions", list: { resourceVersion: "1", versions: new Map() } },
      { kind: "versions-failed", error: new SyncError("server", "500") },
      { kind: "proof-unwanted" },
      { kind: "completed", slot: "successor" },
      { kind: "failed", slot: "successor", error: new SyncError("server", "500") },
      { kind: "watch-signal", slot: "successor", signal: OPEN },
      timer("anti-entropy"),
      timer("resume-proof"),
    ];
    for (const state of Object.values(STATES))
      for (const input of inputs) expect(() => step(state, input, CONTEXT)).not.to.throw();
  });
});

function describeInput(input: Input): string {
  switch (input.kind) {
    case "timer":
      return `timer ${input.timer}`;
    case "watch-signal":
      return input.signal.kind === "bookmark"
        ? `bookmark ${input.signal.resourceVersion}`
        : input.signal.kind;
    case "list-signal":
      return `list ${input.signal.kind}`;
    case "failed":
      return input.error.kind;
    default:
      return input.kind;
  }
}

/** Without what only shows: counters, log lines, gauges. */
function isDeed(effect: Effect): boolean {
  return !effect.kind.startsWith("count-") && effect.kind !== "log" && effect.kind !== "show-backoff";
}

function tell(effect: Effect): string {
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
