/**
 * The signals of an upstream in a short form for tests: signals of a watch, lists, metadata lists. All objects
 * live in namespace shop and hold no data.
 */
import type { Credential } from "../../src/core/credential/credential.ts";
import { credentialKey } from "../../src/core/credential/credential.ts";
import type {
  ListRequest,
  ListSignal,
  VersionList,
  WatchRequest,
  WatchSignal,
} from "../../src/sync/port/source.ts";
import { credential } from "./core/credentials.ts";
import type { LabRequest } from "./marbles-lab.ts";

/** A credential of namespace shop without data. */
export function secret(name: string, resourceVersion: number | string): Credential {
  return credential(name, { resourceVersion: String(resourceVersion), data: {} });
}

/** Status 200 and headers are there. */
export const OPEN: WatchSignal = { kind: "open" };

/** The connection got a GOAWAY. */
export const GOING_AWAY: WatchSignal = { kind: "going-away" };

/** An object of this name at this version was added or modified. */
export const put = (name: string, version: number | string): WatchSignal => ({
  kind: "put",
  item: secret(name, version),
});

/** An object of this name left at this version. */
export const remove = (name: string, version: number): WatchSignal => ({
  kind: "remove",
  gone: { namespace: "shop", name, uid: `uid-${name}`, resourceVersion: String(version) },
});

/** A periodic bookmark. */
export const bookmark = (version: number): WatchSignal => ({
  kind: "bookmark",
  resourceVersion: String(version),
  initialEventsEnd: false,
});

/** The bookmark that ends the initial events. */
export const marker = (version: number): WatchSignal => ({
  kind: "bookmark",
  resourceVersion: String(version),
  initialEventsEnd: true,
});

/** A metadata list of namespace shop: name to version. */
export function versionList(version: number, names: Readonly<Record<string, number>>): VersionList {
  const entries = Object.entries(names).map(
    ([name, at]) => [credentialKey("shop", name), String(at)] as const,
  );
  return { resourceVersion: String(version), versions: new Map(entries) };
}

/** Answers a list: these names at these versions, with the version of the list. */
export function replyList(
  call: LabRequest<ListRequest, ListSignal>,
  version: number,
  names: Readonly<Record<string, number>>,
): void {
  for (const [name, at] of Object.entries(names)) call.reply.next({ kind: "item", item: secret(name, at) });
  call.reply.next({ kind: "end", resourceVersion: String(version) });
  call.reply.complete();
}

/** Answers a WatchList up to its marker. */
export function replyWatchList(
  call: LabRequest<WatchRequest, WatchSignal>,
  version: number,
  names: Readonly<Record<string, number>>,
): void {
  call.reply.next(OPEN);
  for (const [name, at] of Object.entries(names)) call.reply.next(put(name, at));
  call.reply.next(marker(version));
}
