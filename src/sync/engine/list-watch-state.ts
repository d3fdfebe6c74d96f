/**
 * The states of one scope's reflector, its inputs and its effects. `list-watch.ts` steps through the states;
 * `reflector.ts` makes the inputs and carries out the effects. All are plain values that a test can write down.
 */
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { CredentialKey } from "../../core/credential/credential.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import type { ResetCause, ScopeId, SyncEvent } from "../../core/snapshot/sync-event.ts";
import type { EventFields, EventName } from "../../log/events.ts";
import type { Backoff } from "./backoff.ts";
import { RESTED } from "./backoff.ts";
import type { ServerTraits } from "../port/server-traits.ts";
import type { ListRequest, ListSignal, VersionList, WatchRequest, WatchSignal } from "../port/source.ts";
import type { SyncError, SyncErrorKind } from "../port/sync-error.ts";
import type { WatchRestart } from "../port/sync-metrics.ts";

/** What to do next. */
export type Goal = ListGoal | { readonly kind: "watch" };

/** A complete list. */
export interface ListGoal {
  readonly kind: "list";
  readonly cause: ResetCause;
  /** "last": not older than what we have, a cache may answer; "any": a consistent read. */
  readonly from: "last" | "any";
  /** True: as LIST, never as WatchList. */
  readonly plain: boolean;
}

/** The next watch, opened while the old one still delivers on a connection that goes away. */
export type Successor =
  | { readonly kind: "waiting"; readonly dueAtMs: number }
  | { readonly kind: "opening"; readonly startedAtMs: number; readonly timeoutSeconds: number };

/** What the reflector does now. All times are monotonic milliseconds. */
export type Phase =
  /** Not subscribed yet. */
  | { readonly kind: "starting" }
  /** Between two attempts. */
  | { readonly kind: "waiting"; readonly goal: Goal; readonly dueAtMs: number }
  /** A complete list is in progress; the old snapshot is served meanwhile. */
  | ListingPhase
  /** A watch from `lastVersion` was requested and is not answered yet. */
  | { readonly kind: "opening"; readonly timeoutSeconds: number; readonly goingAway: boolean }
  /** The watch delivers. */
  | WatchingPhase;

/** A list in progress. */
export interface ListingPhase {
  readonly kind: "listing";
  readonly goal: ListGoal;
  readonly via: "list" | "watch-list";
  /** The version in the request; "" for a consistent read. */
  readonly requestedVersion: string;
  readonly timeoutSeconds: number;
  /** Whether `reset-begin` was emitted. It is emitted with the first item, so a refused list emits nothing. */
  readonly begun: boolean;
  readonly itemCount: number;
  /** Version of the list once its end has arrived; the list counts when the request completes. */
  readonly endVersion: string | undefined;
  /** WatchList: when the stream opened. */
  readonly openedAtMs: number | undefined;
  /** WatchList: when the stream last delivered anything. */
  readonly lastSignalAtMs: number;
  readonly goingAway: boolean;
}

/** An open watch. */
export interface WatchingPhase {
  readonly kind: "watching";
  readonly openedAtMs: number;
  /** Last event or bookmark that was not older than our version; opening counts as the first. */
  readonly lastSignalAtMs: number;
  readonly overdueAtMs: number;
  readonly eventCount: number;
  readonly successor: Successor | undefined;
}

/** A time of trouble: from a failure to a watch that settles. */
export interface Episode {
  readonly sinceMs: number;
  /** Kinds of failure that have had their one immediate retry. */
  readonly retriedAtOnce: readonly string[];
  readonly failureCount: number;
  /** Kinds of failure in the log: one reason may stand for several, such as a dead server and a bad certificate. */
  readonly logged: readonly SyncErrorKind[];
  /** How often the server answered 403. */
  readonly forbiddenCount: number;
}

/** Why names and versions are compared. */
export type ProofPurpose = "demand" | "anti_entropy" | "resume" | "no_bookmarks";

/** The comparison of names and versions; it runs beside the phase. */
export interface ProofState {
  /** A caller waits for the result. */
  readonly wanted: boolean;
  readonly purpose: ProofPurpose;
  readonly lastStartAtMs: number | undefined;
  readonly failures: number;
  /** Why the last comparison failed. */
  readonly reason: StaleReason | undefined;
  readonly run: ProofRun;
}

/** The progress of a comparison. */
export type ProofRun =
  | { readonly kind: "idle" }
  | { readonly kind: "due" }
  /** The metadata list is requested. `sinceVersion`: our version then; `gone`: removals that the watch delivered since. */
  | {
      readonly kind: "asking";
      readonly sinceVersion: string;
      readonly gone: ReadonlyMap<CredentialKey, string>;
    }
  /** It differs, and the watch has until the deadline to explain it. `open`: listed version by key; undefined: not listed. */
  | {
      readonly kind: "settling";
      readonly listVersion: string;
      readonly open: ReadonlyMap<CredentialKey, string | undefined>;
      readonly deadlineAtMs: number;
    };

/** the state: the phase and what outlives phases. */
export interface ListWatchState {
  readonly scope: ScopeId;
  readonly phase: Phase;
  readonly synced: boolean;
  /** Version to resume from, set by events, bookmarks and complete lists only. "" before the first list. */
  readonly lastVersion: string;
  /** Last proof of the whole scope: complete list, bookmark, equal metadata list. An event proves one credential only. */
  readonly provenAtMs: number | undefined;
  readonly trouble: StaleReason | undefined;
  readonly episode: Episode | undefined;
  readonly backoff: Backoff;
  readonly healthySinceMs: number | undefined;
  /** Starts of the last rounds, oldest first, at most `rounds.limit`. */
  readonly roundsAtMs: readonly number[];
  /** A consistent list was older than our version; the next one decides whether history went back. */
  readonly rewindSuspected: boolean;
  /** Resumed after several failures: compare names and versions, because a watch cannot show that history is another. */
  readonly unverified: boolean;
  /** A list was empty and was requested again; the next complete list counts even if it is empty. */
  readonly emptyQuestioned: boolean;
  /** A WatchList ended before its marker: the first sync is a plain list from now on. */
  readonly avoidWatchList: boolean;
  readonly proof: ProofState;
  /** When a difference last led to a list; undefined after an equal comparison. */
  readonly divergedAtMs: number | undefined;
  readonly antiEntropyMs: number;
}

/** One-shot timers; setting one again replaces it. */
export type TimerName =
  | "attempt"
  | "marker"
  | "settle"
  | "silence"
  | "overdue"
  | "successor"
  | "proof"
  | "resume-proof"
  | "anti-entropy";

/** Subscriptions to the upstream: the list or watch, the next watch, the metadata list. */
export type Slot = "main" | "successor" | "versions";

/** An input of a step. */
export type Input =
  | { readonly kind: "start" }
  | { readonly kind: "timer"; readonly timer: TimerName }
  | { readonly kind: "list-signal"; readonly signal: ListSignal }
  | { readonly kind: "watch-signal"; readonly slot: "main" | "successor"; readonly signal: WatchSignal }
  | { readonly kind: "completed"; readonly slot: "main" | "successor" }
  | { readonly kind: "failed"; readonly slot: "main" | "successor"; readonly error: SyncError }
  | { readonly kind: "versions"; readonly list: VersionList }
  | { readonly kind: "versions-failed"; readonly error: SyncError }
  | { readonly kind: "relist"; readonly cause: ResetCause }
  /** A caller waits for a proof; the last one left. */
  | { readonly kind: "proof-wanted" }
  | { readonly kind: "proof-unwanted" };

/** What the reflector has to do after a step. */
export type Effect =
  | { readonly kind: "emit"; readonly event: SyncEvent }
  | { readonly kind: "open-list"; readonly request: ListRequest }
  | { readonly kind: "open-watch"; readonly slot: "main" | "successor"; readonly request: WatchRequest }
  | { readonly kind: "list-versions" }
  | { readonly kind: "close"; readonly slot: Slot }
  /** Makes the successor the main subscription and closes the old one. */
  | { readonly kind: "promote" }
  | { readonly kind: "arm"; readonly timer: TimerName; readonly delayMs: number }
  | { readonly kind: "learn"; readonly traits: Partial<ServerTraits> }
  | { readonly kind: "answer-proof"; readonly outcome: ProofOutcome }
  | { readonly kind: "diagnose"; readonly error: SyncError }
  | { readonly kind: "count-relist"; readonly cause: ResetCause }
  | { readonly kind: "count-restart"; readonly reason: WatchRestart }
  | { readonly kind: "count-retry"; readonly reason: SyncErrorKind }
  | { readonly kind: "count-divergence" }
  | { readonly kind: "show-backoff"; readonly seconds: number }
  | { readonly kind: "log"; readonly event: EventName; readonly fields: EventFields };

/** The state before the first input. `antiEntropyMs` 0: never. */
export function initialState(scope: ScopeId, antiEntropyMs: number): ListWatchState {
  return {
    scope,
    phase: { kind: "starting" },
    synced: false,
    lastVersion: "",
    provenAtMs: undefined,
    trouble: undefined,
    episode: undefined,
    backoff: RESTED,
    healthySinceMs: undefined,
    roundsAtMs: [],
    rewindSuspected: false,
    unverified: false,
    emptyQuestioned: false,
    avoidWatchList: false,
    proof: {
      wanted: false,
      purpose: "demand",
      lastStartAtMs: undefined,
      failures: 0,
      reason: undefined,
      run: { kind: "idle" },
    },
    divergedAtMs: undefined,
    antiEntropyMs,
  };
}
