/**
 * A watch as a sequence of events for people and scripts, with kubectl's words: ADDED, MODIFIED, DELETED. A pure fold of
 * the client's updates; watch-lines.ts prints them, live-view.ts draws them.
 */
import type { Credential, CredentialMap, Removed, WatchState, WatchUpdate } from "../../client/index.ts";
import { watchKey } from "../../client/index.ts";

/** One event. */
export type WatchEvent =
  | { readonly kind: "ADDED" | "MODIFIED"; readonly credential: Credential }
  | { readonly kind: "DELETED"; readonly removed: Removed }
  /** The state is complete: after the first items, and after each reconnect. */
  | { readonly kind: "SYNCED"; readonly state: WatchState }
  /** The freshness state or its reason changed. */
  | { readonly kind: "FRESHNESS"; readonly state: WatchState }
  | { readonly kind: "INTERRUPTED"; readonly message: string; readonly retryInMs: number };

/** State between two updates. */
export interface EventMemory {
  readonly credentials: CredentialMap;
  readonly freshness: string;
  /** What interrupts the stream; the same again is not an event. */
  readonly trouble: string;
}

/** Before the first update. */
export const NO_MEMORY: EventMemory = { credentials: new Map(), freshness: "", trouble: "" };

/** The events of one update; `explain` returns the sentence for an interruption. */
export function watchEvents(
  memory: EventMemory,
  update: WatchUpdate,
  explain: (update: WatchUpdate & { readonly kind: "interrupted" }) => string,
): { readonly events: readonly WatchEvent[]; readonly memory: EventMemory } {
  if (update.kind === "interrupted") {
    const message = explain(update);
    const event = { kind: "INTERRUPTED", message, retryInMs: update.retryInMs } as const;
    return { events: message === memory.trouble ? [] : [event], memory: { ...memory, trouble: message } };
  }
  const { state } = update;
  const freshness = freshnessKey(state);
  const next = { credentials: state.credentials, freshness, trouble: "" };
  const changes = update.kind === "heartbeat" ? [] : changeEvents(memory, update.change);
  if (update.kind === "synced") return { events: [...changes, { kind: "SYNCED", state }], memory: next };
  const turned: readonly WatchEvent[] = freshness === memory.freshness ? [] : [{ kind: "FRESHNESS", state }];
  return { events: [...changes, ...turned], memory: next };
}

function changeEvents(
  { credentials }: EventMemory,
  change: { readonly changed: readonly Credential[]; readonly removed: readonly Removed[] },
): readonly WatchEvent[] {
  return [
    ...change.removed.map((removed) => ({ kind: "DELETED", removed }) as const),
    ...change.changed.map((credential) => ({
      kind: credentials.has(watchKey(credential)) ? ("MODIFIED" as const) : ("ADDED" as const),
      credential,
    })),
  ];
}

function freshnessKey({ freshness }: WatchState): string {
  return freshness === undefined ? "" : `${freshness.state} ${freshness.reason}`;
}
