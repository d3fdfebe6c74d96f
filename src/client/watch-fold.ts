/**
 * The rules of the Watch protocol as a pure fold: messages of a stream in, whole states out. Used by
 * `follow-credentials.ts` and by anyone who reads the bare stream. Keeps true that a state is always one true state of
 * what was asked for: a reset counts at its `synced`, a split change at its last part, never before.
 */
import type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";
import type { Freshness__Output as Freshness } from "./generated/podkey/v1/Freshness.ts";
import type { Removed__Output as Removed } from "./generated/podkey/v1/Removed.ts";
import type { Revision__Output as Revision } from "./generated/podkey/v1/Revision.ts";
import type { WatchResponse__Output as WatchResponse } from "./generated/podkey/v1/WatchResponse.ts";
import { sameContent } from "./same-content.ts";

/** Credentials by `namespace/name`. */
export type CredentialMap = ReadonlyMap<string, Credential>;

/** What is known of a watch; survives a reconnect. */
export interface WatchState {
  readonly credentials: CredentialMap;
  /** Whether there was a `synced` yet; before it `credentials` says nothing. */
  readonly isSynced: boolean;
  readonly revision: Revision | undefined;
  readonly freshness: Freshness | undefined;
  /** To be sent when reconnecting; empty: start over. */
  readonly resumeToken: string;
  /** Items of a reset that is not complete. */
  readonly incoming: CredentialMap | undefined;
  /** Parts of a change that is not complete. */
  readonly parts: WatchedChange;
}

/** What is different from the state before. */
export interface WatchedChange {
  readonly changed: readonly Credential[];
  readonly removed: readonly Removed[];
}

const NO_CHANGE: WatchedChange = { changed: [], removed: [] };

/** Before the first message. */
export const UNSYNCED: WatchState = {
  credentials: new Map(),
  isSynced: false,
  revision: undefined,
  freshness: undefined,
  resumeToken: "",
  incoming: undefined,
  parts: NO_CHANGE,
};

/** Result of one message: the next state, and the change where the message completed one. */
export interface WatchStep {
  readonly state: WatchState;
  readonly change: WatchedChange | undefined;
}

/** Where a credential stands in a CredentialMap. */
export function watchKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** The state to go on with on another stream: what was incomplete on the old one is forgotten. */
export function forgetIncomplete(state: WatchState): WatchState {
  return { ...state, incoming: undefined, parts: NO_CHANGE };
}

/** One message. Messages whose event is unknown change nothing but what stands beside the event. */
export function foldWatch(before: WatchState, message: WatchResponse): WatchStep {
  const state = {
    ...before,
    revision: message.revision ?? before.revision,
    freshness: message.freshness ?? before.freshness,
    resumeToken: message.resumeToken === "" ? before.resumeToken : message.resumeToken,
  };
  switch (message.event) {
    case "reset":
      return { state: { ...state, incoming: new Map(), parts: NO_CHANGE }, change: undefined };
    case "item":
      return { state: withItem(state, message.item ?? undefined), change: undefined };
    case "synced":
      return synced(state);
    case "change":
      return changed(state, message.change?.more === true, message.change ?? NO_CHANGE);
    default:
      return { state, change: undefined };
  }
}

function withItem(state: WatchState, item: Credential | undefined): WatchState {
  if (item === undefined) return state;
  const incoming = new Map(state.incoming);
  return { ...state, incoming: incoming.set(watchKey(item), item) };
}

/** The end of a reset, or (without one) of a resume, whose change was applied already. */
function synced(state: WatchState): WatchStep {
  const { incoming, credentials } = state;
  if (incoming === undefined) return { state: { ...state, isSynced: true }, change: NO_CHANGE };
  const change = {
    changed: [...incoming.values()].filter((item) => !sameContent(credentials.get(watchKey(item)), item)),
    removed: [...credentials.values()].filter((item) => !incoming.has(watchKey(item))).map(identity),
  };
  return {
    state: { ...state, credentials: incoming, isSynced: true, incoming: undefined, parts: NO_CHANGE },
    change,
  };
}

/** What a Removed holds, and nothing more: the values of what is gone go with it. */
function identity({ namespace, name, uid }: Credential): Removed {
  return { namespace, name, uid };
}

function changed(state: WatchState, more: boolean, { changed, removed }: WatchedChange): WatchStep {
  const parts = {
    changed: [...state.parts.changed, ...changed],
    removed: [...state.parts.removed, ...removed],
  };
  if (more) return { state: { ...state, parts }, change: undefined };
  const credentials = new Map(state.credentials);
  for (const gone of parts.removed) credentials.delete(watchKey(gone));
  for (const credential of parts.changed) credentials.set(watchKey(credential), credential);
  // A removal may name something that this client never had.
  const known = parts.removed.filter((gone) => state.credentials.has(watchKey(gone)));
  return {
    state: { ...state, credentials, parts: NO_CHANGE },
    change: { changed: parts.changed, removed: known },
  };
}
