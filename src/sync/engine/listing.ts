/**
 * A complete list in progress, by LIST or WatchList, until it is applied, asked for again, or dropped. Only a complete list
 * ends in `reset-end`. No list takes the scope back in time unless the history of the server itself went back.
 */
import type { Credential } from "../../core/credential/credential.ts";
import { compareVersions } from "../../core/credential/resource-version.ts";
import type { Undecodable } from "../../core/snapshot/sync-event.ts";
import { SYNC_PARAMETERS } from "../port/parameters.ts";
import type { ListSignal, WatchSignal } from "../port/source.ts";
import { SyncError } from "../port/sync-error.ts";
import { abandonList, mainFailed, nextBackoffMs } from "./failure.ts";
import type { ListingPhase } from "./list-watch-state.ts";
import { answerByList } from "./proof.ts";
import type { Transition } from "./transition.ts";
import { enter, listGoal, log, openList, openWatch, plan, update } from "./transition.ts";
import { enterWatching } from "./watching.ts";

const { watch: WATCH, rewind: REWIND } = SYNC_PARAMETERS;

/** A signal of a LIST. */
export function onListSignal(transition: Transition, phase: ListingPhase, signal: ListSignal): void {
  if (signal.kind === "item") addItem(transition, phase, signal.item);
  else enter(transition, { ...phase, endVersion: signal.resourceVersion });
}

/** The request of the list completed. */
export function onListCompleted(transition: Transition, phase: ListingPhase): void {
  if (phase.via === "watch-list") {
    // Something between (an old proxy, a server that closes every watch) ended it: a plain list needs no stream.
    update(transition, { avoidWatchList: true });
    mainFailed(transition, new SyncError("reset", "the watch ended before its initial events did"));
  } else if (phase.endVersion === undefined)
    mainFailed(transition, new SyncError("malformed", "the list ended without its resourceVersion"));
  else finishList(transition, phase, phase.endVersion);
}

/** A signal of a WatchList before its marker. */
export function onInitialSignal(transition: Transition, phase: ListingPhase, signal: WatchSignal): void {
  const next: ListingPhase = { ...phase, lastSignalAtMs: transition.nowMs };
  switch (signal.kind) {
    case "open":
      enter(transition, { ...next, openedAtMs: transition.nowMs });
      transition.effects.push({ kind: "arm", timer: "marker", delayMs: WATCH.markerSilenceMs });
      return;
    case "put":
      addItem(transition, next, signal.item);
      return;
    case "remove":
      // Initial events are ADDED only (KEP-3157): this server does not implement the protocol.
      transition.effects.push({ kind: "close", slot: "main" });
      update(transition, { avoidWatchList: true });
      mainFailed(
        transition,
        new SyncError("malformed", "a removal came among the initial events of a watch"),
      );
      return;
    case "bookmark":
      if (signal.initialEventsEnd) finishList(transition, next, signal.resourceVersion);
      else enter(transition, next);
      return;
    case "going-away":
      enter(transition, { ...next, goingAway: true });
  }
}

/** The marker timer: after a silence of the limit this server gets a plain list, now and later. */
export function onMarkerTimer(transition: Transition, phase: ListingPhase): void {
  if (phase.via !== "watch-list" || phase.openedAtMs === undefined) return;
  const leftMs = phase.lastSignalAtMs + WATCH.markerSilenceMs - transition.nowMs;
  if (leftMs > 0) {
    transition.effects.push({ kind: "arm", timer: "marker", delayMs: leftMs });
    return;
  }
  abandonList(transition);
  transition.effects.push(
    { kind: "close", slot: "main" },
    { kind: "learn", traits: { watchList: "unsupported" } },
  );
  log(transition, "sync_marker_missing", { seconds: WATCH.markerSilenceMs / 1000 });
  openList(transition, { ...phase.goal, plain: true });
}

function addItem(transition: Transition, phase: ListingPhase, item: Credential | Undecodable): void {
  const { scope } = transition.state;
  beginReset(transition, phase);
  transition.effects.push({ kind: "emit", event: { kind: "reset-item", scope, item } });
  enter(transition, { ...phase, begun: true, itemCount: phase.itemCount + 1 });
}

function beginReset(transition: Transition, phase: ListingPhase): void {
  if (phase.begun) return;
  const event = { kind: "reset-begin", scope: transition.state.scope, cause: phase.goal.cause } as const;
  transition.effects.push({ kind: "emit", event });
}

function finishList(transition: Transition, phase: ListingPhase, version: string): void {
  enter(transition, phase);
  const { lastVersion, rewindSuspected, emptyQuestioned } = transition.state;
  const isOlder = (compareVersions(version, lastVersion) ?? 0) < 0;
  if (isOlder && !rewindSuspected) dropOlderList(transition, phase, version);
  else if (phase.itemCount === 0 && !emptyQuestioned && transition.held().size > 0)
    questionEmptyList(transition, phase);
  else applyList(transition, phase, version, isOlder);
}

/**
 * A list older than our version. From a cache: another API server lags behind; list without a version. A consistent read:
 * a glitch, or history went back (etcd restored, another cluster at the address). A second list decides.
 */
function dropOlderList(transition: Transition, phase: ListingPhase, version: string): void {
  abandonList(transition);
  transition.effects.push({ kind: "close", slot: "main" });
  const facts = { listVersion: version, lastVersion: transition.state.lastVersion };
  if (phase.requestedVersion !== "") {
    log(transition, "sync_older_list_dropped", facts);
    plan(transition, { ...phase.goal, from: "any" }, nextBackoffMs(transition));
    return;
  }
  log(transition, "sync_rewind_suspected", facts);
  update(transition, { rewindSuspected: true });
  plan(transition, { ...listGoal("rewound"), plain: true }, REWIND.confirmMs);
}

/** An empty list although the scope holds credentials may be a glitch: list a second time. */
function questionEmptyList(transition: Transition, phase: ListingPhase): void {
  abandonList(transition);
  transition.effects.push({ kind: "close", slot: "main" });
  update(transition, { emptyQuestioned: true });
  log(transition, "sync_empty_list_questioned");
  openList(transition, { ...phase.goal, from: "any", plain: true });
}

function applyList(transition: Transition, phase: ListingPhase, version: string, rewound: boolean): void {
  const { scope, synced } = transition.state;
  beginReset(transition, phase);
  transition.effects.push(
    { kind: "emit", event: { kind: "reset-end", scope, resourceVersion: version, rewound } },
    { kind: "count-relist", cause: phase.goal.cause },
  );
  const facts = { cause: phase.goal.cause, items: phase.itemCount, resourceVersion: version };
  log(transition, rewound ? "sync_rewound" : synced ? "sync_relisted" : "sync_listed", facts);
  update(transition, {
    synced: true,
    lastVersion: version,
    provenAtMs: transition.nowMs,
    rewindSuspected: false,
    unverified: false,
    emptyQuestioned: false,
  });
  answerByList(transition);
  if (phase.via === "list") openWatch(transition);
  else enterWatching(transition, phase);
}
