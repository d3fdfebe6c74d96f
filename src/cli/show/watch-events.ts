/**
 * A watch as a sequence of events for people and scripts, with kubectl's words: ADDED, MODIFIED, DELETED. A pure fold of
 * what the client tells; printing is done by `watch-lines.ts`, drawing by `live-view.ts`.
 */
import type { Credential, CredentialMap, Removed, WatchState, WatchUpdate } from "../../client/index.ts";
import { watchKey } from "../../client/index.ts";

/** One event. */
export type WatchEvent =
  | { readonly kind: "ADDED" | "MODIFIED"; readonly credential: Credential }
  | { readonly kind: "DELETED"; readonly removed: Removed }
  /** The state is complete: after the first items, and after each reconnect. */
  | { readonly kind: "SYNCED"; readonly state: WatchState }
  /** FRESH turned to STALE or back, or the reason did. */
  | { readonly kind: "FRESHNESS"; readonly state: WatchState }
  | { readonly kind: "INTERRUPTED"; readonly message: string; readonly retryInMs: number };

/** What is remembered between two updates. */
export interface EventMemory {
  readonly credentials: CredentialMap;
  readonly freshness: string;
  /** What interrupts the stream just now; the same again is no event. */
  readonly trouble: string;
}

/** Before the first update. */
export const NO_MEMORY: EventMemory = { credentials: new Map(), freshness: "", trouble: "" };

/** The events of one update; `explain` words what interrupted the stream. */
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
