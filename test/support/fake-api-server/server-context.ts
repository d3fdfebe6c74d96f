/**
 * What the handlers of the fake API server share: state, settings that tests switch while it runs, and the request at
 * hand.
 */
import type { Access } from "./access.ts";
import type { RequestRecord } from "./api-request.ts";
import type { ObjectStore } from "./object-store.ts";
import type { Responder } from "./responder.ts";
import type { PassThrough } from "./script.ts";

/** Behaviour that tests may change at any time. */
export interface Behaviour {
  /** The WatchList gate: off answers 422; `ignored` is a server or proxy that does not know the parameters at all. */
  watchList: "on" | "off" | "ignored";
  /** Milliseconds between bookmarks of a watch that asked for them; 60,000 on the real server. */
  bookmarkIntervalMs: number;
  /** How long one second of `timeoutSeconds` lasts, to shrink the life of watches. */
  secondMs: number;
  /** How long a request for a version in the future waits before it fails; 3,000 on the real server. */
  freshnessWaitMs: number;
  /** Ends of watches without timeoutSeconds: between once and twice this; 1,800 on the real server. */
  minRequestTimeoutSeconds: number;
  /**
   * An API server that lags behind another: lists that may come from its cache show the state at this revision, and
   * higher versions are too large for it. undefined: up to date.
   */
  laggingAt: number | undefined;
  /** The answer of /readyz. */
  ready: boolean;
}

/** The real server's defaults. */
export const REAL_BEHAVIOUR: Readonly<Behaviour> = {
  watchList: "on",
  bookmarkIntervalMs: 60_000,
  secondMs: 1000,
  freshnessWaitMs: 3000,
  minRequestTimeoutSeconds: 1800,
  laggingAt: undefined,
  ready: true,
};

/** The parts of the server that handlers use. */
export interface ServerContext {
  readonly store: ObjectStore;
  readonly access: Access;
  readonly behaviour: Behaviour;
}

/** One request past authentication. */
export interface ApiRequest {
  readonly record: RequestRecord;
  readonly responder: Responder;
  readonly user: string;
  /** What a script wants to do to the answer; undefined: nothing. */
  readonly pass: PassThrough | undefined;
}
