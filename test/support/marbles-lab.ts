/**
 * A laboratory for one reflector in virtual time: an upstream that a test scripts, every request and event with its
 * time, a model of what the store holds. No sockets, no real timers; `advanceTo` runs everything that is due.
 */
import type { Observer, Subscription } from "rxjs";
import { defer, Observable, Subject, VirtualTimeScheduler } from "rxjs";
import type { CredentialKey } from "../../src/core/credential/credential.ts";
import { credentialKey } from "../../src/core/credential/credential.ts";
import type { Scope, ScopeId, SyncEvent } from "../../src/core/snapshot/sync-event.ts";
import { Reflector } from "../../src/sync/scope/reflector.ts";
import { createTraitsMemory } from "../../src/sync/port/server-traits.ts";
import type { TraitsMemory } from "../../src/sync/port/server-traits.ts";
import type {
  Contact,
  ListRequest,
  ListSignal,
  Upstream,
  VersionList,
  WatchRequest,
  WatchSignal,
} from "../../src/sync/port/source.ts";
import type { SyncError } from "../../src/sync/port/sync-error.ts";
import type { SyncMetrics } from "../../src/sync/port/sync-metrics.ts";
import type { EventFields, EventName } from "../../src/log/events.ts";
import { replyWatchList } from "./marbles-signals.ts";

/** A request as the upstream saw it, and the test's hand on its answer. */
export interface LabRequest<Request, Signal> {
  readonly atMs: number;
  readonly request: Request;
  readonly reply: Observer<Signal>;
  /** Whether the reflector has aborted it, or it has ended. */
  isClosed: boolean;
}

/** Answers a request at once; undefined leaves it to the test (`lab.lists[0].reply.next(…)`). */
export interface LabScript {
  readonly list?: (call: LabRequest<ListRequest, ListSignal>, index: number) => void;
  readonly watch?: (call: LabRequest<WatchRequest, WatchSignal>, index: number) => void;
  readonly versions?: (call: LabRequest<undefined, VersionList>, index: number) => void;
}

/** Options of a lab. */
export interface LabOptions {
  readonly script?: LabScript;
  /** Each random number in turn; 0.5 when they run out. */
  readonly rolls?: readonly number[];
  readonly random?: () => number;
  readonly traits?: TraitsMemory;
  readonly antiEntropyMs?: number;
}

/** The scope of every lab. */
const LAB_SCOPE: Scope = { id: "shop" as ScopeId, namespace: "shop", name: undefined };

/** See the file comment. */
export class Lab {
  readonly scheduler = new VirtualTimeScheduler(undefined, Infinity);
  readonly lists: LabRequest<ListRequest, ListSignal>[] = [];
  readonly watches: LabRequest<WatchRequest, WatchSignal>[] = [];
  readonly versionLists: LabRequest<undefined, VersionList>[] = [];
  readonly events: { readonly atMs: number; readonly event: SyncEvent }[] = [];
  readonly logged: { readonly event: EventName; readonly fields: EventFields }[] = [];
  readonly counted: string[] = [];
  readonly backoffs: number[] = [];
  readonly diagnosed: SyncError[] = [];
  readonly held = new Map<CredentialKey, string>();
  readonly #contact = new Subject<Contact>();
  readonly traits: TraitsMemory;
  readonly reflector: Reflector;
  readonly #script: LabScript;
  readonly #rounds: { readonly atMs: number; readonly text: string }[] = [];
  #pending: Map<CredentialKey, string> | undefined;
  #subscription: Subscription | undefined;

  constructor(options: LabOptions = {}) {
    this.#script = options.script ?? {};
    this.traits = options.traits ?? createTraitsMemory();
    const rolls = [...(options.rolls ?? [])];
    this.reflector = new Reflector(LAB_SCOPE, this.#upstream(), {
      held: () => this.held,
      scheduler: this.scheduler,
      random: options.random ?? (() => rolls.shift() ?? 0.5),
      traits: this.traits,
      antiEntropyMs: options.antiEntropyMs ?? 0,
      metrics: this.#metrics(),
      log: (event, fields = {}) => this.logged.push({ event, fields }),
      diagnose: (_scope, error) => this.diagnosed.push(error),
    });
  }

  /** Subscribes; everything that is due at time 0 has happened when it returns. */
  start(): this {
    this.#subscription = this.reflector.events$.subscribe((event) => {
      this.events.push({ atMs: this.nowMs, event });
      this.#fold(event);
    });
    return this.advanceTo(0);
  }

  stop(): void {
    this.#subscription?.unsubscribe();
  }

  get nowMs(): number {
    return this.scheduler.now();
  }

  /** A byte or PING ack came over the connection. */
  contact(detectsSilence: boolean): void {
    this.#contact.next({ detectsSilence });
  }

  /** Runs everything that is due up to this time. */
  advanceTo(atMs: number): this {
    this.scheduler.maxFrames = atMs;
    this.scheduler.flush();
    this.scheduler.frame = atMs;
    return this;
  }

  advanceBy(ms: number): this {
    return this.advanceTo(this.nowMs + ms);
  }

  /** Runs `task` at a time of the virtual clock. */
  at(atMs: number, task: () => void): void {
    this.scheduler.schedule(task, atMs - this.nowMs);
  }

  /** The n-th list, watch or metadata list so far (from 0; negative: from the last). Fails if there was none. */
  list(index: number): LabRequest<ListRequest, ListSignal> {
    return pick(this.lists, index, "list");
  }

  watch(index: number): LabRequest<WatchRequest, WatchSignal> {
    return pick(this.watches, index, "watch");
  }

  versions(index: number): LabRequest<undefined, VersionList> {
    return pick(this.versionLists, index, "metadata list");
  }

  /** All events but contact, as short texts. */
  get story(): readonly string[] {
    return this.events.filter(({ event }) => event.kind !== "contact").map(({ event }) => tell(event));
  }

  /** Lists and watches in the order they were asked for, as `atMs list RV` or `atMs watch RV`; times rounded. */
  get rounds(): readonly string[] {
    return this.#rounds.map(({ atMs, text }) => `${String(Math.round(atMs))} ${text}`.trimEnd());
  }

  /** What was counted that starts with this word. */
  countedOf(word: string): readonly string[] {
    return this.counted.filter((line) => line.startsWith(word));
  }

  #fold(event: SyncEvent): void {
    if (event.kind === "reset-begin") this.#pending = new Map();
    else if (event.kind === "reset-item" || event.kind === "put") {
      const key = credentialKey(event.item.namespace, event.item.name);
      (event.kind === "put" ? this.held : this.#pending)?.set(key, event.item.resourceVersion);
    } else if (event.kind === "remove")
      this.held.delete(credentialKey(event.gone.namespace, event.gone.name));
    else if (event.kind === "reset-end" && this.#pending !== undefined) {
      this.held.clear();
      for (const [key, version] of this.#pending) this.held.set(key, version);
    }
  }

  #upstream(): Upstream {
    return {
      contact$: this.#contact,
      list: (request) =>
        defer(() => {
          this.#rounds.push({ atMs: this.nowMs, text: `list ${request.resourceVersion}` });
          return this.#answer(this.lists, request, this.#script.list);
        }),
      watch: (request) =>
        defer(() => {
          const kind = request.initialEvents ? "watch-list" : "watch";
          this.#rounds.push({ atMs: this.nowMs, text: `${kind} ${request.resourceVersion}` });
          return this.#answer(this.watches, request, this.#script.watch);
        }),
      listVersions: () => this.#answer(this.versionLists, undefined, this.#script.versions),
    };
  }

  #answer<Request, Signal>(
    calls: LabRequest<Request, Signal>[],
    request: Request,
    script: ((call: LabRequest<Request, Signal>, index: number) => void) | undefined,
  ): Observable<Signal> {
    return new Observable((reply) => {
      const call = { atMs: this.nowMs, request, reply, isClosed: false };
      calls.push(call);
      script?.(call, calls.length - 1);
      return () => {
        call.isClosed = true;
      };
    });
  }

  #metrics(): SyncMetrics {
    return {
      sourceState: (_scope, state, reason) => this.counted.push(`state ${state} ${reason ?? ""}`.trimEnd()),
      relist: (reason) => this.counted.push(`relist ${reason}`),
      watchRestart: (reason) => this.counted.push(`restart ${reason}`),
      divergence: () => this.counted.push("divergence"),
      backoff: (_scope, seconds) => this.backoffs.push(seconds),
      retry: (reason) => this.counted.push(`retry ${reason}`),
    };
  }
}

function pick<T>(calls: readonly T[], index: number, what: string): T {
  const call = calls.at(index);
  if (call === undefined)
    throw new Error(`there was no ${what} ${String(index)}; there were ${String(calls.length)}`);
  return call;
}

function tell(event: SyncEvent): string {
  switch (event.kind) {
    case "reset-begin":
      return `begin ${event.cause}`;
    case "reset-item":
      return `item ${event.item.name}@${event.item.resourceVersion}`;
    case "reset-end":
      return `end ${event.resourceVersion}${event.rewound ? " rewound" : ""}`;
    case "reset-abort":
      return "abort";
    case "put":
      return `put ${event.item.name}@${event.item.resourceVersion}`;
    case "remove":
      return `remove ${event.gone.name}@${event.gone.resourceVersion}`;
    case "trouble":
      return `trouble ${event.reason ?? "over"}`;
    case "proof":
    case "contact":
      return event.kind;
  }
}

/** A server that is known to refuse WatchList: the first sync is a list. */
export function refusesWatchList(): TraitsMemory {
  const traits = createTraitsMemory();
  traits.learn({ watchList: "unsupported" });
  return traits;
}

/** A server whose bookmarks have been seen. */
export function sendsBookmarks(): TraitsMemory {
  const traits = createTraitsMemory();
  traits.learn({ bookmarks: "seen" });
  return traits;
}

/** A lab whose scope has been listed at version 20 with these credentials, and watches on. */
export function syncedLab(
  options: LabOptions = {},
  names: Readonly<Record<string, number>> = { a: 7, b: 9 },
): Lab {
  const lab = new Lab(options).start();
  replyWatchList(lab.watch(0), 20, names);
  lab.events.length = 0;
  lab.counted.length = 0;
  return lab;
}
