/**
 * The interfaces of a source. Every kind of source implements `Source`, which feeds the store. A reflector uses an
 * `Upstream` for its scope: source/kubernetes implements it over HTTP, tests in memory. Both use Observables, because
 * promises do not advance in virtual time.
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
  /** Fixed while the process runs. The source is synced once each has been listed. */
  readonly scopes: readonly Scope[];
  /** Cold; subscribe once. Never errors and never completes: a failure is an event. */
  readonly events$: Observable<SyncEvent>;
  /**
   * Proves that these scopes are current. Cold; emits once and completes. Subscriptions at the same time share one
   * request for each scope.
   */
  prove(scopes: readonly ScopeId[]): Observable<ProofOutcome>;
  /** Requests a list of a scope, with the same backoff as any other list. */
  relist(scope: ScopeId, cause: ResetCause): void;
  /** Files that cannot be used now; absent for sources without files. */
  readonly faults?: () => readonly SourceFault[];
}

/** A file that a folder source cannot use now. */
export interface SourceFault {
  /** Relative to the folder. */
  readonly path: string;
  /** Undefined if the file was not parsed. */
  readonly line: number | undefined;
  /** One sentence without values. */
  readonly why: string;
}

/** What the store holds of a scope, undecodable objects included: key to resourceVersion. For comparisons. */
export type Held = (scope: ScopeId) => ReadonlyMap<CredentialKey, string>;

/** A list to request. */
export interface ListRequest {
  /** "": a consistent read (quorum). A version: not older than it. "0": any version of the cache. */
  readonly resourceVersion: string;
}

/** A signal of a list: items, then one end, then completion. The adapter handles pages. */
export type ListSignal =
  | { readonly kind: "item"; readonly item: Credential | Undecodable }
  | { readonly kind: "end"; readonly resourceVersion: string };

/** Names and versions of a scope, without any data (PartialObjectMetadataList). */
export interface VersionList {
  readonly resourceVersion: string;
  readonly versions: ReadonlyMap<CredentialKey, string>;
}

/** A watch to open. */
export interface WatchRequest {
  /** Start after this version; "" only with `initialEvents`. */
  readonly resourceVersion: string;
  /** WatchList (KEP-3157): first the state as ADDED events, ended by a marked bookmark. */
  readonly initialEvents: boolean;
  /** After how many seconds the server is asked to end the watch. */
  readonly timeoutSeconds: number;
  /**
   * A first byte or a connection that takes longer than a few seconds is a `timeout`, so that the next attempt is soon. A
   * server sends the headers of a watch at once. Default: no.
   */
  readonly shortTimeout?: boolean;
}

/** A signal of a watch. Completion is a clean end of the stream; every other end is a SyncError. */
export type WatchSignal =
  /** Status 200 and headers have arrived. */
  | { readonly kind: "open" }
  | { readonly kind: "put"; readonly item: Credential | Undecodable }
  | { readonly kind: "remove"; readonly gone: Gone }
  | { readonly kind: "bookmark"; readonly resourceVersion: string; readonly initialEventsEnd: boolean }
  /** GOAWAY: the connection accepts no new request; the stream may deliver for up to a minute more. */
  | { readonly kind: "going-away" };

/** A sign of life of the connection. */
export interface Contact {
  /** Whether the transport detects silence by itself (HTTP/2 PING). */
  readonly detectsSilence: boolean;
}

/**
 * One scope of an API server. All Observables are cold; unsubscribing aborts the request. The adapter limits the wait for an
 * answer, because it alone knows when its limiter let the request go: a request without a byte for 10 s errors with
 * `timeout` (a watch with the short timeout sooner). The reflector limits the silence of an open watch.
 */
export interface Upstream {
  /** Errors with SyncError; 410 on a later page is `expired`. */
  list(request: ListRequest): Observable<ListSignal>;
  /** Emits once. Always a consistent read. */
  listVersions(): Observable<VersionList>;
  watch(request: WatchRequest): Observable<WatchSignal>;
  /** Hot; bytes and PING acknowledgements of the connection of this scope, at most one a second. Never errors. */
  readonly contact$: Observable<Contact>;
}
