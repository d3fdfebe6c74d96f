/**
 * An API server for up to a hundred scopes in virtual time, as the transport shows it to the reflectors: the request
 * limiter before it, the time limits of a request, one version counter, a history that is never dropped. A fault breaks
 * what is open and all requests until it is healed. Used by the measurement of how soon everything is right again.
 */
import type { Observer, VirtualTimeScheduler } from "rxjs";
import { Observable, NEVER } from "rxjs";
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { Scope, ScopeId } from "../../../src/core/snapshot/sync-event.ts";
import { KUBE_PARAMETERS } from "../../../src/source/kubernetes/target/parameters.ts";
import { createRequestLimiter } from "../../../src/source/kubernetes/transport/request-limiter.ts";
import type {
  RequestLimiter,
  RequestPurpose,
} from "../../../src/source/kubernetes/transport/request-limiter.ts";
import type {
  ListSignal,
  Upstream,
  VersionList,
  WatchRequest,
  WatchSignal,
} from "../../../src/sync/port/source.ts";
import { SyncError } from "../../../src/sync/port/sync-error.ts";
import type { SyncErrorKind } from "../../../src/sync/port/sync-error.ts";
import { bookmark, marker, OPEN, put, secret } from "../../support/marbles-signals.ts";

/**
 * An error for every request; watches that end or tear at once; a black hole that swallows requests for good
 * ("swallow") or answers them when it is lifted ("hold"); either leaves no connection alive.
 */
export type Fault = SyncErrorKind | "end" | "tear" | "swallow" | "hold";

const LATENCY_MS = 5;
const BOOKMARK_MS = 60_000;

interface Call<Signal> {
  readonly scope: ScopeId;
  readonly reply: Observer<Signal>;
  readonly silenceMs: number;
  isClosed: boolean;
}

/** A request that the limiter let through. */
export interface VirtualRequest {
  readonly what: RequestPurpose;
  readonly atMs: number;
}

/** See the file comment. Each scope holds one credential, `a`. */
export class VirtualServer {
  /** Version of the credential of each scope. */
  readonly versions = new Map<ScopeId, number>();
  /** All requests so far, oldest first. */
  readonly requests: VirtualRequest[] = [];
  readonly #scheduler: VirtualTimeScheduler;
  readonly #limiter: RequestLimiter;
  readonly #watchers = new Set<Call<WatchSignal>>();
  #version = 10;
  #fault: Fault | undefined;
  #held: (() => void)[] = [];

  constructor(scheduler: VirtualTimeScheduler, limit: { readonly qps: number; readonly burst: number }) {
    this.#scheduler = scheduler;
    this.#limiter = createRequestLimiter({
      ...limit,
      clock: { nowMs: () => scheduler.now(), wallMs: () => scheduler.now() },
      timers: {
        after: (delayMs, task) => {
          const timer = scheduler.schedule(task, delayMs);
          return () => timer.unsubscribe();
        },
      },
      onThrottled: () => undefined,
    });
    this.#bookmarkForEver();
  }

  /** Changes the credential of a scope. */
  change(scope: ScopeId): void {
    this.#version += 1;
    this.versions.set(scope, this.#version);
    if (this.#fault === undefined)
      for (const call of this.#watchers)
        if (call.scope === scope && !call.isClosed) call.reply.next(put("a", this.#version));
  }

  /** Fails from now on. `breaks`: open watches break too, as they do unless the fault is only about new requests. */
  fail(fault: Fault): void {
    this.#fault = fault;
    for (const call of [...this.#watchers]) {
      this.#watchers.delete(call);
      if (call.isClosed) continue;
      if (fault === "swallow" || fault === "hold")
        call.reply.error(new SyncError("dead-connection", "no PING ack"));
      else if (fault === "tear") call.reply.error(new SyncError("malformed", "half a line"));
      else if (fault === "unreachable" || fault === "reset") call.reply.error(new SyncError("reset", "cut"));
      else call.reply.complete();
    }
  }

  /** Ends the fault. */
  heal(): void {
    this.#fault = undefined;
    for (const answer of this.#held.splice(0)) answer();
  }

  /** The port of one scope. */
  upstreamOf({ id }: Scope): Upstream {
    return {
      contact$: NEVER,
      list: () => this.#ask<ListSignal>(id, "list", (call) => this.#list(call)),
      watch: (request) =>
        this.#ask<WatchSignal>(
          id,
          request.shortTimeout === true ? "watch with a short timeout" : "watch",
          (call) => this.#watch(call, request),
        ),
      listVersions: () => this.#ask<VersionList>(id, "check", (call) => this.#versionList(call)),
    };
  }

  #ask<Signal>(
    scope: ScopeId,
    what: RequestPurpose | "watch with a short timeout",
    answer: (call: Call<Signal>) => void,
  ): Observable<Signal> {
    return new Observable((reply) => {
      const { shortTimeoutMs, requestSilenceMs } = KUBE_PARAMETERS;
      const silenceMs = what === "watch with a short timeout" ? shortTimeoutMs : requestSilenceMs;
      const call: Call<Signal> = { scope, reply, silenceMs, isClosed: false };
      const purpose = what === "watch with a short timeout" ? "watch" : what;
      const cancel = this.#limiter.take(purpose, () => {
        this.requests.push({ what: purpose, atMs: this.#scheduler.now() });
        this.#after(LATENCY_MS, () => this.#meet(call, () => answer(call)));
      });
      return () => {
        call.isClosed = true;
        cancel();
      };
    });
  }

  /** The request has reached the server, or the fault before it. */
  #meet<Signal>(call: Call<Signal>, answer: () => void): void {
    const fault = this.#fault;
    if (call.isClosed) return;
    if (fault === undefined || fault === "end" || fault === "tear") answer();
    else if (fault === "swallow" || fault === "hold") {
      let isAnswered = false;
      if (fault === "hold")
        this.#held.push(() => {
          isAnswered = true;
          if (!call.isClosed) this.#meet(call, answer);
        });
      this.#after(call.silenceMs - LATENCY_MS, () => {
        if (!call.isClosed && !isAnswered) call.reply.error(new SyncError("timeout", "no byte"));
      });
    } else
      call.reply.error(new SyncError(fault, fault, fault === "throttled" ? { retryAfterMs: 1_000 } : {}));
  }

  #list(call: Call<ListSignal>): void {
    const version = this.versions.get(call.scope);
    if (version !== undefined) call.reply.next({ kind: "item", item: secret("a", version) });
    if (this.#fault === "tear") {
      call.reply.error(new SyncError("malformed", "half a page"));
      return;
    }
    call.reply.next({ kind: "end", resourceVersion: String(this.#version) });
    call.reply.complete();
  }

  #versionList(call: Call<VersionList>): void {
    const version = this.versions.get(call.scope);
    const entries = version === undefined ? [] : [[credentialKey("shop", "a"), String(version)] as const];
    call.reply.next({ resourceVersion: String(this.#version), versions: new Map(entries) });
    call.reply.complete();
  }

  #watch(call: Call<WatchSignal>, request: WatchRequest): void {
    call.reply.next(OPEN);
    if (this.#fault === "end") {
      call.reply.complete();
      return;
    }
    if (this.#fault === "tear") {
      call.reply.error(new SyncError("malformed", "half a line"));
      return;
    }
    const version = this.versions.get(call.scope);
    if (version !== undefined && (request.initialEvents || version > Number(request.resourceVersion)))
      call.reply.next(put("a", version));
    if (request.initialEvents) call.reply.next(marker(this.#version));
    this.#watchers.add(call);
  }

  #bookmarkForEver(): void {
    this.#after(BOOKMARK_MS, () => {
      for (const call of this.#watchers) {
        if (call.isClosed) this.#watchers.delete(call);
        else call.reply.next(bookmark(this.#version));
      }
      this.#bookmarkForEver();
    });
  }

  #after(delayMs: number, task: () => void): void {
    this.#scheduler.schedule(task, delayMs);
  }
}
