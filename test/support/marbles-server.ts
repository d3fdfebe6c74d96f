/**
 * A small correct API server in virtual time for property tests of the reflector: objects, one version counter, history with compaction,
 * WatchList, bookmarks each minute, and temporary faults. Attach it to a lab.
 */
import { credentialKey } from "../../src/core/credential/credential.ts";
import type {
  ListRequest,
  ListSignal,
  VersionList,
  WatchRequest,
  WatchSignal,
} from "../../src/sync/port/source.ts";
import { SyncError } from "../../src/sync/port/sync-error.ts";
import type { SyncErrorKind } from "../../src/sync/port/sync-error.ts";
import type { Lab, LabRequest, LabScript } from "./marbles-lab.ts";
import { bookmark, marker, OPEN, put, remove, secret } from "./marbles-signals.ts";

/** How the server fails: an error kind for every request, a black hole, or watches that end or break at once. */
export type ServerFault = SyncErrorKind | "hang" | "end" | "tear";

type WatchCall = LabRequest<WatchRequest, WatchSignal>;

const LATENCY_MS = 5;
const BYTE_LIMIT_MS = 10_000;
const BOOKMARK_MS = 60_000;

/** See the file comment. */
export class ModelServer {
  readonly objects = new Map<string, number>();
  #version = 10;
  #compactedBelow = 0;
  #fault: ServerFault | undefined;
  #lab: Lab | undefined;
  readonly #history: { readonly version: number; readonly name: string; readonly isThere: boolean }[] = [];
  readonly #watchers = new Set<WatchCall>();

  /** The calls of the lab. */
  readonly script: LabScript = {
    list: (call) => this.#soon(call, () => this.#list(call)),
    watch: (call) => this.#soon(call, () => this.#watch(call)),
    versions: (call) => this.#soon(call, () => this.#versions(call)),
  };

  /** Gives the server its clock. */
  attach(lab: Lab): void {
    this.#lab = lab;
    this.#bookmarkForEver();
  }

  /** Writes an object. */
  put(name: string): void {
    this.#version += 1;
    this.objects.set(name, this.#version);
    this.#record(name, true);
  }

  /** Deletes an object, if it exists. */
  remove(name: string): void {
    if (!this.objects.delete(name)) return;
    this.#version += 1;
    this.#record(name, false);
  }

  /** Compacts the history: a watch from an older version is too old. */
  compact(): void {
    this.#compactedBelow = this.#version;
  }

  /** Fails from now on; open watches break. */
  fail(fault: ServerFault): void {
    this.#fault = fault;
    for (const watcher of [...this.#watchers]) {
      this.#watchers.delete(watcher);
      if (fault === "unreachable" || fault === "reset") watcher.reply.error(new SyncError("reset", "cut"));
      else if (fault === "hang") watcher.reply.error(new SyncError("dead-connection", "no PING ack"));
      else if (fault === "tear") watcher.reply.error(new SyncError("malformed", "half a line"));
      else watcher.reply.complete();
    }
  }

  /** Ends the fault. */
  heal(): void {
    this.#fault = undefined;
  }

  /** Continues from an older state, as after a restore of etcd whose later writes have moved its version past the lost ones. */
  restore(objects: ReadonlyMap<string, number>): void {
    this.objects.clear();
    for (const [name, version] of objects) this.objects.set(name, version);
    this.#version += 1;
    this.#history.length = 0;
  }

  #record(name: string, isThere: boolean): void {
    const entry = { version: this.#version, name, isThere };
    this.#history.push(entry);
    for (const watcher of this.#watchers) if (!watcher.isClosed) watcher.reply.next(signalOf(entry));
  }

  #soon<Request, Signal>(call: LabRequest<Request, Signal>, answer: () => void): void {
    this.#after(LATENCY_MS, () => {
      const fault = this.#fault;
      if (call.isClosed) return;
      if (fault === undefined || fault === "end" || fault === "tear") answer();
      else if (fault === "hang")
        this.#after(
          BYTE_LIMIT_MS,
          () => call.isClosed || call.reply.error(new SyncError("timeout", "no byte")),
        );
      else
        call.reply.error(new SyncError(fault, fault, fault === "throttled" ? { retryAfterMs: 1_000 } : {}));
    });
  }

  #list(call: LabRequest<ListRequest, ListSignal>): void {
    for (const [name, version] of this.objects)
      call.reply.next({ kind: "item", item: secret(name, version) });
    if (this.#fault === "tear") {
      call.reply.error(new SyncError("malformed", "half a page"));
      return;
    }
    call.reply.next({ kind: "end", resourceVersion: String(this.#version) });
    call.reply.complete();
  }

  #versions(call: LabRequest<undefined, VersionList>): void {
    const entries = [...this.objects].map(([name, at]) => [credentialKey("shop", name), String(at)] as const);
    call.reply.next({ resourceVersion: String(this.#version), versions: new Map(entries) });
  }

  #watch(call: WatchCall): void {
    const { initialEvents, resourceVersion, timeoutSeconds } = call.request;
    call.reply.next(OPEN);
    if (this.#fault === "end") call.reply.complete();
    else if (this.#fault === "tear") call.reply.error(new SyncError("malformed", "half a line"));
    else if (!initialEvents && Number(resourceVersion) < this.#compactedBelow)
      call.reply.error(new SyncError("expired", "too old resource version"));
    else {
      if (initialEvents) {
        for (const [name, version] of this.objects) call.reply.next(put(name, version));
        call.reply.next(marker(this.#version));
      } else
        for (const entry of this.#history)
          if (entry.version > Number(resourceVersion)) call.reply.next(signalOf(entry));
      this.#watchers.add(call);
      this.#after(timeoutSeconds * 1_000, () => this.#watchers.delete(call) && call.reply.complete());
    }
  }

  #bookmarkForEver(): void {
    this.#after(BOOKMARK_MS, () => {
      for (const watcher of this.#watchers)
        if (!watcher.isClosed) watcher.reply.next(bookmark(this.#version));
      this.#bookmarkForEver();
    });
  }

  #after(delayMs: number, task: () => void): void {
    this.#lab?.scheduler.schedule(task, delayMs);
  }
}

function signalOf(entry: {
  readonly version: number;
  readonly name: string;
  readonly isThere: boolean;
}): WatchSignal {
  return entry.isThere ? put(entry.name, entry.version) : remove(entry.name, entry.version);
}
