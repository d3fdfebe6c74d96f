/**
 * The API server of a random history: the fake's store and selection behind the port `Upstream`, in virtual time and without sockets. It
 * answers correctly unless a fault is set. It reports what the transport would detect (dead connections, silence) in the same way.
 */
import type { Subscriber } from "rxjs";
import { Observable, Subject } from "rxjs";
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { Undecodable } from "../../../src/core/snapshot/sync-event.ts";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { decodeSecret, DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import type {
  Contact,
  ListSignal,
  Upstream,
  VersionList,
  WatchRequest,
  WatchSignal,
} from "../../../src/sync/port/source.ts";
import { SyncError } from "../../../src/sync/port/sync-error.ts";
import type { KubeObject } from "../../support/fake-api-server/kube-object.ts";
import { ObjectStore } from "../../support/fake-api-server/object-store.ts";
import { parseSelection } from "../../support/fake-api-server/selection.ts";
import type { WatchEvent } from "../../support/fake-api-server/watch-event.ts";
import { watchEventOf } from "../../support/fake-api-server/watch-event.ts";
import type { HistoryTime } from "./history-time.ts";
import type { CUTS, LASTING } from "./history-step.ts";

const LATENCY_MS = 5;
const WIRE_MS = 1;
const BYTE_LIMIT_MS = 10_000;
const PING_DEATH_MS = 45_000;
const PING_MS = 15_000;
const BOOKMARK_MS = 60_000;
const DRAIN_MS = 60_000;

const SELECTION = parseSelection("shop", new URLSearchParams({ labelSelector: "podkey.dev/serve=true" }));

interface OpenWatch {
  readonly out: Subscriber<WatchSignal>;
  isMuted: boolean;
}

/** See the file comment. */
export class HistoryServer {
  readonly store = new ObjectStore({ firstRevision: 10 });
  readonly #time: HistoryTime;
  readonly #tell: (line: string) => void;
  readonly #contact = new Subject<Contact>();
  readonly #watches = new Set<OpenWatch>();
  readonly #sent: WatchEvent[] = [];
  #fault: (typeof LASTING)[number] | undefined;
  #glitch: (() => boolean) | undefined;
  #usedUpTo = 0;

  constructor(time: HistoryTime, tell: (line: string) => void) {
    this.#time = time;
    this.#tell = tell;
    this.store.onChange((change) => {
      const event = change.resource === "secrets" ? watchEventOf(change, SELECTION) : undefined;
      if (event !== undefined) this.#send(event);
    });
    this.#every(BOOKMARK_MS, () => {
      const bookmark = this.#bookmark(false);
      this.#toAll((watch) => {
        if (!watch.isMuted) watch.out.next(bookmark);
      });
    });
    this.#every(PING_MS, () => {
      if (this.#watches.size > 0 && this.#fault !== "hang" && this.#fault !== "unreachable") this.#alive();
    });
  }

  /** What a client with the right selection would read now. */
  selected(): readonly KubeObject[] {
    return this.store.list("secrets").filter((object) => SELECTION.matches(object));
  }

  /** Fails from now on, until `heal`. */
  fail(fault: (typeof LASTING)[number]): void {
    this.#fault = fault;
    if (fault === "unreachable") this.cut("reset");
    if (fault !== "hang") return;
    for (const watch of this.#watches) {
      watch.isMuted = true;
      this.#time.after(PING_DEATH_MS, () => {
        this.#end(watch, new SyncError("dead-connection", "no PING ack"));
      });
    }
  }

  /** Ends the fault; dead connections stay dead. */
  heal(): void {
    this.#fault = undefined;
  }

  /** Makes the next list empty, if the client has something then: only such a list differs from a correct one. */
  glitch(holdsSomething: () => boolean): void {
    this.#glitch = holdsSomething;
  }

  /** Sends an earlier event again. */
  stray(back: number): void {
    const event = this.#sent.at(-1 - back);
    if (event !== undefined)
      this.#toAll((watch) => {
        this.#emit(watch, event);
      });
  }

  /** etcd restored from a backup: the state this number of revisions ago, without anything later. */
  rewind(by: number): void {
    // No version is used twice, because two contents of one name with the same version could not be distinguished.
    this.#usedUpTo = Math.max(this.#usedUpTo, this.store.revision);
    this.store.rewind(Math.max(this.store.windowStart, this.store.revision - by), this.#usedUpTo + 1);
    this.#sent.length = 0;
    this.cut("reset");
  }

  /** Applies an event to the open watches. */
  cut(how: (typeof CUTS)[number]): void {
    for (const watch of [...this.#watches]) {
      if (how === "mute") watch.isMuted = true;
      else if (how === "end") this.#end(watch);
      else if (how === "goaway") {
        watch.out.next({ kind: "going-away" });
        this.#time.after(DRAIN_MS, () => {
          this.#end(watch);
        });
      } else this.#end(watch, new SyncError(how === "tear" ? "malformed" : how, how));
    }
  }

  /** The port. */
  upstream(): Upstream {
    return {
      contact$: this.#contact,
      list: ({ resourceVersion }) =>
        this.#request<ListSignal>(`list ${resourceVersion}`, (out) => {
          this.#list(out);
        }),
      listVersions: () =>
        this.#request<VersionList>("versions", (out) => {
          this.#versions(out);
        }),
      watch: (request) =>
        this.#request<WatchSignal>(
          `watch ${request.initialEvents ? "list" : request.resourceVersion}`,
          (out) => {
            this.#watch(out, request);
          },
        ),
    };
  }

  #request<Signal>(what: string, answer: (out: Subscriber<Signal>) => void): Observable<Signal> {
    return new Observable((out) => {
      this.#tell(`  asked: ${what}`);
      return this.#time.after(LATENCY_MS, () => {
        const fault = this.#fault;
        if (fault === undefined) {
          this.#alive();
          answer(out);
        } else if (fault === "hang") {
          out.add(
            this.#time.after(BYTE_LIMIT_MS, () => {
              out.error(new SyncError("timeout", "no byte"));
            }),
          );
        } else out.error(new SyncError(fault, fault, fault === "throttled" ? { retryAfterMs: 2_000 } : {}));
      });
    });
  }

  #list(out: Subscriber<ListSignal>): void {
    const objects = this.#glitch?.() === true ? [] : this.selected();
    this.#glitch = undefined;
    // An event from before a list without its object would look like a new object. No server sends such an event.
    this.#sent.length = 0;
    for (const object of objects) out.next({ kind: "item", item: decoded(object) });
    out.next({ kind: "end", resourceVersion: String(this.store.revision) });
    out.complete();
  }

  #versions(out: Subscriber<VersionList>): void {
    const versions = this.selected().map(
      ({ metadata }) => [credentialKey(metadata.namespace, metadata.name), metadata.resourceVersion] as const,
    );
    out.next({ resourceVersion: String(this.store.revision), versions: new Map(versions) });
    out.complete();
  }

  #watch(
    out: Subscriber<WatchSignal>,
    { initialEvents, resourceVersion, timeoutSeconds }: WatchRequest,
  ): void {
    out.next({ kind: "open" });
    const from = Number(resourceVersion);
    if (!initialEvents && from < this.store.windowStart) {
      out.error(new SyncError("expired", "too old resource version"));
      return;
    }
    // A server answers a future version with silence until it has passed; here indefinitely, which is worse.
    const watch: OpenWatch = { out, isMuted: !initialEvents && from > this.store.revision };
    this.#watches.add(watch);
    out.add(() => this.#watches.delete(watch));
    if (initialEvents) {
      for (const object of this.selected()) this.#emit(watch, { type: "ADDED", object });
      out.next(this.#bookmark(true));
    } else
      for (const change of this.store.changesSince("secrets", from) ?? []) {
        const event = watchEventOf(change, SELECTION);
        if (event !== undefined) this.#emit(watch, event);
      }
    out.add(
      this.#time.after(timeoutSeconds * 1_000, () => {
        this.#end(watch);
      }),
    );
  }

  #send(event: WatchEvent): void {
    this.#toAll((watch) => {
      // Only what the client has received: an old event about an unknown name would look like a new one.
      if (!watch.isMuted) this.#sent.push(event);
      this.#emit(watch, event);
    });
  }

  /** In flight for a moment, in order; a watch that opens meanwhile already starts with it. */
  #toAll(deliver: (watch: OpenWatch) => void): void {
    const open = [...this.#watches];
    this.#time.after(WIRE_MS, () => {
      for (const watch of open) if (this.#watches.has(watch)) deliver(watch);
    });
  }

  #emit(watch: OpenWatch, { type, object }: WatchEvent): void {
    if (watch.isMuted) return;
    const { namespace, name, uid, resourceVersion } = object.metadata;
    if (type === "DELETED")
      watch.out.next({ kind: "remove", gone: { namespace, name, uid, resourceVersion } });
    else watch.out.next({ kind: "put", item: decoded(object) });
  }

  #end(watch: OpenWatch, error?: SyncError): void {
    this.#watches.delete(watch);
    if (error === undefined) watch.out.complete();
    else watch.out.error(error);
  }

  #bookmark(initialEventsEnd: boolean): WatchSignal {
    return { kind: "bookmark", resourceVersion: String(this.store.revision), initialEventsEnd };
  }

  #alive(): void {
    this.#contact.next({ detectsSilence: true });
  }

  #every(ms: number, task: () => void): void {
    this.#time.after(ms, () => {
      task();
      this.#every(ms, task);
    });
  }
}

function decoded(object: KubeObject): Credential | Undecodable {
  return decodeSecret(object, DEFAULT_DECODE_OPTIONS);
}
