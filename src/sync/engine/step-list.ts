/**
 * A complete list coming in, by LIST or WatchList, until it is applied, questioned or dropped. Keeps true that only a
 * complete list ends in `reset-end`, and that no list takes the scope back in time unless history itself went back.
 */
import type { Credential } from "../../core/credential/credential.ts";
import { compareVersions } from "../../core/credential/resource-version.ts";
import type { Undecodable } from "../../core/snapshot/sync-event.ts";
import type { ListGoal, ListingPhase } from "./list-watch-state.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import { answerByList } from "./step-proof.ts";
import { abandonList, mainFailed, nextBackoffMs } from "./step-failure.ts";
import { listGoal, openList, openWatch, plan } from "./rounds.ts";
import type { ListSignal, WatchSignal } from "../port/source.ts";
import { SyncError } from "../port/sync-error.ts";
import type { Turn } from "./step-context.ts";
import { enter, log, update } from "./step-context.ts";
import { enterWatching } from "./watching.ts";

const { watch: WATCH, rewind: REWIND } = SYNC_PARAMETERS;

/** A signal of a plain LIST. */
export function onListSignal(turn: Turn, phase: ListingPhase, signal: ListSignal): void {
  if (signal.kind === "item") addItem(turn, phase, signal.item);
  else enter(turn, { ...phase, endVersion: signal.resourceVersion });
}

/** A LIST completed: only now its end counts. */
export function onListCompleted(turn: Turn, phase: ListingPhase): void {
  if (phase.via === "watch-list") {
    // Whatever ended it (an old proxy, a server that closes every watch): a plain list needs no stream.
    update(turn, { avoidWatchList: true });
    mainFailed(turn, new SyncError("reset", "the watch ended before its initial events did"));
  } else if (phase.endVersion === undefined) {
    mainFailed(turn, new SyncError("malformed", "the list ended without its resourceVersion"));
  } else {
    finishList(turn, phase, phase.endVersion);
  }
}

/** A signal of a WatchList before its marker. */
export function onInitialSignal(turn: Turn, phase: ListingPhase, signal: WatchSignal): void {
  const heard: ListingPhase = { ...phase, heardAtMs: turn.nowMs };
  switch (signal.kind) {
    case "open":
      enter(turn, { ...heard, openedAtMs: turn.nowMs });
      turn.effects.push({ kind: "arm", timer: "marker", delayMs: WATCH.markerSilenceMs });
      return;
    case "put":
      addItem(turn, heard, signal.item);
      return;
    case "remove":
      // Initial events are ADDED only (KEP-3157); whoever sends this does not speak the protocol.
      turn.effects.push({ kind: "close", slot: "main" });
      update(turn, { avoidWatchList: true });
      mainFailed(turn, new SyncError("malformed", "a removal came among the initial events of a watch"));
      return;
    case "bookmark":
      if (signal.initialEventsEnd) finishList(turn, heard, signal.resourceVersion);
      else enter(turn, heard);
      return;
    case "going-away":
      enter(turn, { ...heard, goingAway: true });
  }
}

/** The marker has been waited for; without a byte for the limit this server is listed instead, for good. */
export function onMarkerTimer(turn: Turn, phase: ListingPhase): void {
  if (phase.via !== "watch-list" || phase.openedAtMs === undefined) return;
  const leftMs = phase.heardAtMs + WATCH.markerSilenceMs - turn.nowMs;
  if (leftMs > 0) {
    turn.effects.push({ kind: "arm", timer: "marker", delayMs: leftMs });
    return;
  }
  abandonList(turn);
  turn.effects.push({ kind: "close", slot: "main" }, { kind: "learn", traits: { watchList: "unsupported" } });
  log(turn, "sync_marker_missing", { seconds: WATCH.markerSilenceMs / 1000 });
  openList(turn, { ...phase.goal, plain: true });
}

function addItem(turn: Turn, phase: ListingPhase, item: Credential | Undecodable): void {
  const { scope } = turn.state;
  beginReset(turn, phase);
  turn.effects.push({ kind: "emit", event: { kind: "reset-item", scope, item } });
  enter(turn, { ...phase, begun: true, itemCount: phase.itemCount + 1 });
}

function beginReset(turn: Turn, phase: ListingPhase): void {
  if (phase.begun) return;
  const event = { kind: "reset-begin", scope: turn.state.scope, cause: phase.goal.cause } as const;
  turn.effects.push({ kind: "emit", event });
}

function finishList(turn: Turn, phase: ListingPhase, version: string): void {
  enter(turn, phase);
  const isOlder = (compareVersions(version, turn.state.lastVersion) ?? 0) < 0;
  if (isOlder && !turn.state.rewindSuspected) dropOlderList(turn, phase, version);
  else if (phase.itemCount === 0 && !turn.state.emptyQuestioned && turn.held().size > 0)
    questionEmpty(turn, phase);
  else applyList(turn, phase, version, isOlder);
}

/**
 * A list older than what we have. From a cache: another API server lags, ask without a version. A consistent read:
 * either a glitch or history went back (etcd restored, another cluster behind the address), which takes two to say.
 */
function dropOlderList(turn: Turn, phase: ListingPhase, version: string): void {
  abandonList(turn);
  turn.effects.push({ kind: "close", slot: "main" });
  const facts = { listVersion: version, lastVersion: turn.state.lastVersion };
  if (phase.requestedVersion !== "") {
    log(turn, "sync_older_list_dropped", facts);
    plan(turn, { ...phase.goal, from: "any" }, nextBackoffMs(turn));
    return;
  }
  log(turn, "sync_rewind_suspected", facts);
  update(turn, { rewindSuspected: true });
  plan(turn, { ...listGoal("rewound"), plain: true }, REWIND.confirmMs);
}

/** An empty list over a scope that holds something is as often a glitch as the truth: ask a second time. */
function questionEmpty(turn: Turn, phase: ListingPhase): void {
  abandonList(turn);
  turn.effects.push({ kind: "close", slot: "main" });
  update(turn, { emptyQuestioned: true });
  log(turn, "sync_empty_list_questioned");
  const again: ListGoal = { ...phase.goal, from: "any", plain: true };
  openList(turn, again);
}

function applyList(turn: Turn, phase: ListingPhase, version: string, rewound: boolean): void {
  const { scope, synced } = turn.state;
  beginReset(turn, phase);
  turn.effects.push(
    { kind: "emit", event: { kind: "reset-end", scope, resourceVersion: version, rewound } },
    { kind: "count-relist", cause: phase.goal.cause },
  );
  const facts = { cause: phase.goal.cause, items: phase.itemCount, resourceVersion: version };
  log(turn, rewound ? "sync_rewound" : synced ? "sync_relisted" : "sync_listed", facts);
  update(turn, {
    synced: true,
    lastVersion: version,
    provenAtMs: turn.nowMs,
    rewindSuspected: false,
    unverified: false,
    emptyQuestioned: false,
  });
  answerByList(turn);
  if (phase.via === "list") openWatch(turn);
  else enterWatching(turn, phase);
}
