/**
 * The ports of a source. `Source` is what the store is fed by: every kind of source implements it. `Upstream` is
 * what the reflector (`list-watch.ts`) drives for one scope: source/kubernetes implements it over HTTP, tests by
 * marbles. All Observables, because promises do not advance in virtual time.
 */
import type { Observable } from "rxjs";
import type { ProofOutcome } from "../../core/view/consumer-view.ts";
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import type {
  Gone,
  ResetCause,
  Scope,
  ScopeId,
  SyncEvent,
  Undecodable,
} from "../../core/snapshot/sync-event.ts";

/** Where credentials come from. */
export interface Source {
  /** Fixed for the life of the process; synced means that each has been listed once. */
  readonly scopes: readonly Scope[];
  /** Cold; subscribed once. Never errors and never completes: trouble is an event. */
  readonly events$: Observable<SyncEvent>;
  /**
   * Proves these scopes current, restricted to the names if given (names mode asks only for the names touched).
   * Cold; emits once per subscription and completes. Subscriptions at the same time share one request.
   */
  prove(scopes: readonly ScopeId[]): Observable<ProofOutcome>;
  /** Asks for a fresh list of a scope, soon and through the same backoff as everything else. */
  relist(scope: ScopeId, cause: ResetCause): void;
}

/** What the store already holds of a scope: key to resourceVersion. For proofs, anti-entropy and the empty-list guard. */
export type Held = (scope: ScopeId) => ReadonlyMap<CredentialKey, string>;

/** A list to be taken. */
export interface ListRequest {
  /** "" = consistent read (quorum); a version = not older than it; "0" = whatever the cache has. */
  readonly resourceVersion: string;
}

/** A list as it comes in: any number of items, one end, then completion. Pages are the adapter's own business. */
export type ListSignal =
  | { readonly kind: "item"; readonly item: Credential | Undecodable }
  | { readonly kind: "end"; readonly resourceVersion: string };

/** Names and versions of a scope, without any data (PartialObjectMetadataList). */
export interface VersionList {
  readonly resourceVersion: string;
  readonly versions: ReadonlyMap<CredentialKey, string>;
}

/** A watch to be opened. */
export interface WatchRequest {
  /** Start after this version; "" only together with `initialEvents`. */
  readonly resourceVersion: string;
  /** WatchList (KEP-3157): the state first, as ADDED events, ended by a marked bookmark. */
  readonly initialEvents: boolean;
  /** What the server is asked to end the watch after, in seconds. */
  readonly timeoutSeconds: number;
  /**
   * Worth a second attempt soon: a first byte that does not come within a few seconds is a `timeout`, and so is a
   * connection that does not. The headers of a watch cost a server nothing, so one that lives sends them at once.
   * Default: no.
   */
  readonly shortTimeout?: boolean;
}

/** A watch as it comes in. Completion is a clean end of the stream; everything else errors with a SyncError. */
export type WatchSignal =
  /** Status 200 and headers are there. */
  | { readonly kind: "open" }
  | { readonly kind: "put"; readonly item: Credential | Undecodable }
  | { readonly kind: "remove"; readonly gone: Gone }
  | { readonly kind: "bookmark"; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  /** GOAWAY: this connection takes no new request; the stream may deliver for up to a minute more. */
  | { readonly kind: "going-away" };

/** Life signs of the connection under a scope. */
export interface Contact {
  /** Whether this transport notices silence by itself (HTTP/2 PING). */
  readonly detectsSilence: boolean;
}

/**
 * One scope of an API server. All Observables are cold; unsubscribing aborts the request. The adapter owns the clocks
 * of a request that is not answered: it alone knows when its limiter let it go. So a request without a byte for 10 s
 * errors with `timeout` (a watch with the short timeout sooner); the clocks of an open watch (from its `open` on) are the reflector's.
 */
export interface Upstream {
  /** Errors with SyncError; 410 on a later page is `expired`. */
  list(request: ListRequest): Observable<ListSignal>;
  /** Emits once. Always a consistent read. */
  listVersions(): Observable<VersionList>;
  watch(request: WatchRequest): Observable<WatchSignal>;
  /** Hot; bytes and PING acks of the connection that serves this scope, at most one a second. Never errors. */
  readonly contact$: Observable<Contact>;
}
