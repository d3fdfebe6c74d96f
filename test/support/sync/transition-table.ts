/**
 * The transitions of the reflector's state machine: state and input in, phase and effects out. The unit test of
 * `list-watch.ts` plays each row; `npm run docs` draws them in docs/architecture.md.
 */
import type { ScopeId } from "../../../src/core/snapshot/sync-event.ts";
import type { Input, ListWatchState, Phase, TimerName } from "../../../src/sync/engine/list-watch-state.ts";
import { initialState } from "../../../src/sync/engine/list-watch-state.ts";
import type { StepContext } from "../../../src/sync/engine/transition.ts";
import type { ListSignal, WatchSignal } from "../../../src/sync/port/source.ts";
import { SyncError } from "../../../src/sync/port/sync-error.ts";
import { bookmark, GOING_AWAY, marker, OPEN, put, remove } from "../marbles-signals.ts";

/** Time and random number of every row. */
export const CONTEXT: StepContext = {
  nowMs: 100_000,
  random: 0.5,
  traits: { watchList: "unknown", bookmarks: "seen" },
  held: () => new Map(),
};

const STARTING = initialState("shop" as ScopeId, 0);

const SYNCED: ListWatchState = { ...STARTING, synced: true, lastVersion: "20", provenAtMs: 90_000 };

const OPEN_WATCH = {
  kind: "watching",
  openedAtMs: 90_000,
  lastSignalAtMs: 90_000,
  overdueAtMs: 500_000,
  eventCount: 1,
  successor: undefined,
} as const;

const PLAIN_LIST = {
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
} as const;

const WATCH_LIST = {
  ...PLAIN_LIST,
  goal: { kind: "list", cause: "initial", from: "any", plain: false },
  via: "watch-list",
  requestedVersion: "",
  openedAtMs: 70_000,
} as const;

const during = (phase: Phase): ListWatchState => ({ ...SYNCED, phase });

/** The states that rows start from. */
export const STATES = {
  starting: STARTING,
  watching: during(OPEN_WATCH),
  "silent watch": during({ ...OPEN_WATCH, lastSignalAtMs: 10_000 }),
  "overdue watch": during({ ...OPEN_WATCH, overdueAtMs: 100_000 }),
  "young watch": during({ ...OPEN_WATCH, openedAtMs: 99_500, eventCount: 0 }),
  "watch with successor": during({
    ...OPEN_WATCH,
    successor: { kind: "opening", startedAtMs: 99_000, timeoutSeconds: 400 },
  }),
  opening: during({ kind: "opening", timeoutSeconds: 400, goingAway: false }),
  "opening after a 403": {
    ...during({ kind: "opening", timeoutSeconds: 400, goingAway: false }),
    trouble: "FORBIDDEN",
    episode: {
      sinceMs: 99_000,
      retriedAtOnce: [],
      failureCount: 1,
      logged: ["forbidden"],
      forbiddenCount: 1,
    },
  },
  waiting: during({ kind: "waiting", goal: { kind: "watch" }, dueAtMs: 100_000 }),
  "waiting for a list": during({ kind: "waiting", goal: PLAIN_LIST.goal, dueAtMs: 100_000 }),
  listing: during(PLAIN_LIST),
  "complete list": during({ ...PLAIN_LIST, endVersion: "30" }),
  "watch list": during({ ...WATCH_LIST, lastSignalAtMs: 99_000 }),
  "silent watch list": during({ ...WATCH_LIST, lastSignalAtMs: 70_000 }),
} as const satisfies Readonly<Record<string, ListWatchState>>;

/** A row. */
export interface TransitionRow {
  readonly from: keyof typeof STATES;
  readonly input: Input;
  readonly to: Phase["kind"];
  /** The effects in order, without counters, log lines, gauges and what is learned about the server. */
  readonly does: readonly string[];
}

const main = (signal: WatchSignal): Input => ({ kind: "watch-signal", slot: "main", signal });
const successor = (signal: WatchSignal): Input => ({ kind: "watch-signal", slot: "successor", signal });
const list = (signal: ListSignal): Input => ({ kind: "list-signal", signal });
const ended: Input = { kind: "completed", slot: "main" };
const relist: Input = { kind: "relist", cause: "limit" };

/** The main request fails like this. */
export const failed = (kind: SyncError["kind"]): Input => ({
  kind: "failed",
  slot: "main",
  error: new SyncError(kind, kind),
});

/** A timer fires. */
export const timer = (name: TimerName): Input => ({ kind: "timer", timer: name });

const row = (
  from: TransitionRow["from"],
  input: Input,
  to: TransitionRow["to"],
  ...does: readonly string[]
): TransitionRow => ({ from, input, to, does });

const WATCH_TIMERS = ["arm settle", "arm silence", "arm overdue"] as const;
const OPEN_MAIN = "open-watch main";

/** The rows. */
export const TRANSITIONS: readonly TransitionRow[] = [
  row("starting", { kind: "start" }, "listing", OPEN_MAIN),

  row("listing", list({ kind: "end", resourceVersion: "30" }), "listing"),
  row("complete list", ended, "opening", "emit reset-begin", "emit reset-end", OPEN_MAIN),
  row("watch list", main(marker(30)), "watching", "emit reset-begin", "emit reset-end", ...WATCH_TIMERS),
  row("silent watch list", timer("marker"), "listing", "close main", "open-list"),
  row("watch list", failed("watch-list-unsupported"), "listing", "open-list"),
  row("watch list", ended, "waiting", "emit trouble", "arm attempt"),
  row("listing", ended, "waiting", "emit trouble", "arm attempt"),
  row("listing", failed("expired"), "listing", "open-list"),
  row("listing", failed("version-too-large"), "waiting", "emit trouble", "arm attempt"),
  row("listing", relist, "listing"),
  row("listing", { kind: "proof-wanted" }, "listing"),

  row("opening", main(OPEN), "watching", ...WATCH_TIMERS),
  row("opening", ended, "waiting", "emit trouble", "arm attempt"),
  row("opening", failed("unreachable"), "waiting", "emit trouble", "arm attempt"),
  row("opening", failed("expired"), "listing", "open-list"),
  row("opening", relist, "listing", "close main", "open-list"),

  row("watching", main(put("a", 21)), "watching", "emit put"),
  row("watching", main(remove("a", 21)), "watching", "emit remove"),
  row("watching", main(bookmark(21)), "watching", "emit proof"),
  row("watching", main(bookmark(19)), "watching"),
  row("watching", main(marker(21)), "watching", "emit proof"),
  row("watching", timer("settle"), "watching"),
  row("watching", { kind: "proof-wanted" }, "watching", "list-versions"),
  row("watching", main(GOING_AWAY), "watching", "arm successor"),
  row("watch with successor", successor(OPEN), "watching", "promote", ...WATCH_TIMERS),
  row("watch with successor", ended, "opening", "promote"),
  row("watching", ended, "waiting", "arm attempt"),
  row("young watch", ended, "waiting", "emit trouble", "arm attempt"),
  row("overdue watch", timer("overdue"), "waiting", "close main", "arm attempt"),
  row("silent watch", timer("silence"), "listing", "emit trouble", "close main", "open-list"),
  row("watching", failed("reset"), "waiting", "emit trouble", "arm attempt"),
  row("watching", failed("expired"), "listing", "open-list"),
  row("watching", failed("forbidden"), "waiting", "emit trouble", "arm attempt"),
  row("opening after a 403", failed("forbidden"), "waiting", "diagnose", "arm attempt"),
  row("watching", failed("unauthorized"), "opening", "emit trouble", OPEN_MAIN),
  row("watching", relist, "listing", "close main", "open-list"),

  row("waiting", timer("attempt"), "opening", OPEN_MAIN),
  row("waiting for a list", timer("attempt"), "listing", "open-list"),
  row("waiting", relist, "waiting"),
];

/** An input in a few words. */
export function inputText(input: Input): string {
  switch (input.kind) {
    case "timer":
      return `${input.timer} timer`;
    case "watch-signal":
      return `${input.slot === "successor" ? "successor " : ""}${signalText(input.signal)}`;
    case "list-signal":
      return `list ${input.signal.kind}`;
    case "failed":
      return `error ${input.error.kind}`;
    case "completed":
      return "end of the request";
    default:
      return input.kind;
  }
}

function signalText(signal: WatchSignal): string {
  if (signal.kind !== "bookmark") return signal.kind;
  return signal.initialEventsEnd ? "end of initial events" : `bookmark ${signal.resourceVersion}`;
}
