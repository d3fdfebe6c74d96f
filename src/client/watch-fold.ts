/**
 * The rules of the Watch protocol as a pure fold: messages of a stream in, complete states out. Used by
 * follow-credentials.ts. A state is always one that podkey had: a reset takes effect at its `synced`, a split change at its
 * last part.
 */
import { isDeepStrictEqual } from "node:util";
import type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";
import type { Freshness__Output as Freshness } from "./generated/podkey/v1/Freshness.ts";
import type { Removed__Output as Removed } from "./generated/podkey/v1/Removed.ts";
import type { Revision__Output as Revision } from "./generated/podkey/v1/Revision.ts";
import type { WatchResponse__Output as WatchResponse } from "./generated/podkey/v1/WatchResponse.ts";

/** Credentials by `namespace/name`. */
export type CredentialMap = ReadonlyMap<string, Credential>;

/** The state of a watch; survives a reconnect. */
export interface WatchState {
  readonly credentials: CredentialMap;
  /** Whether a `synced` has come; before it `credentials` is empty. */
  readonly isSynced: boolean;
  readonly revision: Revision | undefined;
  readonly freshness: Freshness | undefined;
  /** Sent when reconnecting; empty: start over. */
  readonly resumeToken: string;
  /** Items of an incomplete reset, newest first. A chain, because a copy for each of 10,000 items takes seconds. */
  readonly incoming: Incoming | undefined;
  /** Parts of an incomplete change. */
  readonly parts: WatchedChange;
}

/** One item and those before it; the first has neither. */
interface Incoming {
  readonly item: Credential | undefined;
  readonly before: Incoming | undefined;
}

const NO_ITEMS: Incoming = { item: undefined, before: undefined };

/** The difference from the state before. */
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

/** Result of one message: the next state, and the change if the message completed one. */
export interface WatchStep {
  readonly state: WatchState;
  readonly change: WatchedChange | undefined;
}

/** The key of a credential in a CredentialMap. */
export function watchKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** The state to continue with on another stream: without the incomplete reset or change of the old one. */
export function dropIncomplete(state: WatchState): WatchState {
  return { ...state, incoming: undefined, parts: NO_CHANGE };
}

/** Folds one message. An unknown event changes only revision, freshness and token. */
export function foldWatch(before: WatchState, message: WatchResponse): WatchStep {
  const state = {
    ...before,
    revision: message.revision ?? before.revision,
    freshness: message.freshness ?? before.freshness,
    resumeToken: message.resumeToken === "" ? before.resumeToken : message.resumeToken,
  };
  switch (message.event) {
    case "reset":
      return { state: { ...state, incoming: NO_ITEMS, parts: NO_CHANGE }, change: undefined };
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
  return item === undefined ? state : { ...state, incoming: { item, before: state.incoming } };
}

/** The end of a reset, or of a resume, whose change was applied already. */
function synced(state: WatchState): WatchStep {
  const { credentials } = state;
  if (state.incoming === undefined) return { state: { ...state, isSynced: true }, change: NO_CHANGE };
  const incoming = itemsOf(state.incoming);
  const change = {
    changed: [...incoming.values()].filter((item) => !sameContent(credentials.get(watchKey(item)), item)),
    removed: [...credentials.values()].filter((item) => !incoming.has(watchKey(item))).map(identity),
  };
  return {
    state: { ...state, credentials: incoming, isSynced: true, incoming: undefined, parts: NO_CHANGE },
    change,
  };
}

/** The items in the order in which they came. */
function itemsOf(newest: Incoming): CredentialMap {
  const items: Credential[] = [];
  for (let one: Incoming | undefined = newest; one !== undefined; one = one.before)
    if (one.item !== undefined) items.push(one.item);
  return new Map(items.reverse().map((item) => [watchKey(item), item]));
}

/** The fields of a Removed; the values of a removed credential are dropped. */
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
  // A removal may name a credential that this client never had.
  const known = parts.removed.filter((gone) => state.credentials.has(watchKey(gone)));
  return {
    state: { ...state, credentials, parts: NO_CHANGE },
    change: { changed: parts.changed, removed: known },
  };
}

/**
 * Whether two messages have the same content (docs/glossary.md): after a restart of podkey a reset has new revisions and
 * times for unchanged credentials. Without values (VIEW_METADATA) the source's version replaces them.
 */
function sameContent(before: Credential | undefined, now: Credential): boolean {
  return before !== undefined && isDeepStrictEqual(content(before), content(now));
}

/** Fields that are not content. A new field of the message does not compile below until it is placed. */
type BesideContent =
  "namespace" | "name" | "revision" | "createTime" | "observeTime" | "expireTime" | "previousUntil";

function content(credential: Credential): object {
  const compared: Omit<Credential, BesideContent> = credential;
  const { data, keys, labels, annotations, uid, type, immutable, problems, resourceVersion, ...rest } =
    compared;
  rest satisfies Readonly<Record<string, never>>;
  const isWithoutValues = keys.length > 0 && Object.keys(data).length === 0;
  const version = isWithoutValues ? resourceVersion : undefined;
  return { data, keys, labels, annotations, uid, type, immutable, problems, version };
}
