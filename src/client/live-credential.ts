/**
 * One credential that is always the newest, whatever happens to podkey meanwhile. Made by `credential()`, fed by
 * `followCredentials`. Keeps true that what is handed out was true at podkey at one moment, that what is removed is not
 * handed out any more, and that what is held stays while podkey is away.
 */
import type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";
import type { WatchUpdate } from "./follow-credentials.ts";
import { HeldCredential, hasKeys, toDate } from "./held-credential.ts";
import { RpcFailure, toRpcFailure } from "./rpc-failure.ts";
import type { WatchState } from "./watch-fold.ts";

/** How sure one can be that what is held is what the source has. */
export interface HeldFreshness {
  readonly state: "FRESH" | "STALE";
  /**
   * Why it is stale, empty when fresh: podkey's reason (UNREACHABLE, LIMIT and others), CONNECTING before podkey was
   * reached, DISCONNECTED while it is not, or the reason for which podkey refuses this credential.
   */
  readonly reason: string;
  /** When podkey last had a proof, by its clock. */
  readonly asOf: Date | undefined;
}

/** Hears of a change: what is held now and before; undefined where there is none. */
export type ChangeListener<Key extends string> = (
  now: HeldCredential<Key> | undefined,
  before: HeldCredential<Key> | undefined,
) => void;

/** What a live credential lives from. */
export interface LiveDeps {
  /** Updates of a watch for this one name, until the signal ends them. */
  readonly follow: (signal: AbortSignal) => AsyncIterable<WatchUpdate>;
  /** Without one of these a credential counts as not there. */
  readonly keys: readonly string[];
  /** Called once, when it ends. */
  readonly release: () => void;
  /** Takes what a listener throws; it ends neither this watch nor the other listeners. */
  readonly report: (error: unknown) => void;
}

/** See the file header. Follows until it is closed, and keeps the process alive until then. */
export class LiveCredential<Key extends string = string> implements Disposable {
  readonly name: string;
  readonly #deps: LiveDeps;
  readonly #listeners = new Set<ChangeListener<Key>>();
  readonly #waiting = new Set<() => void>();
  readonly #ending = new AbortController();
  #held: HeldCredential<Key> | undefined;
  #freshness: HeldFreshness = { state: "STALE", reason: "CONNECTING", asOf: undefined };
  #failure: RpcFailure | undefined;
  #isEnded = false;

  constructor(name: string, deps: LiveDeps) {
    this.name = name;
    this.#deps = deps;
    void this.#follow();
  }

  /** The newest, or undefined while there is none (or one of the declared keys is missing). Costs nothing. */
  current(): HeldCredential<Key> | undefined {
    return this.#held;
  }

  /** How sure one can be of `current()`. */
  freshness(): HeldFreshness {
    return this.#freshness;
  }

  /** Resolves with the credential as soon as there is one. @throws RpcFailure where podkey refuses it, or the signal's reason. */
  async ready({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<HeldCredential<Key>> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#held !== undefined) return this.#held;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isEnded) throw closed(this.name);
      await this.#news(signal);
    }
  }

  /**
   * The newest, then each newer one; undefined where it is gone. A slow loop skips what is outdated by then. Ends when this
   * is closed, or by the signal. @throws RpcFailure where podkey refuses it.
   */
  async *changes({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<
    HeldCredential<Key> | undefined,
    void,
    undefined
  > {
    let told: HeldCredential<Key> | undefined;
    while (signal?.aborted !== true) {
      if (this.#held !== told) {
        told = this.#held;
        yield told;
      } else if (this.#failure !== undefined) throw this.#failure;
      else if (this.#isEnded) return;
      else await this.#news(signal);
    }
  }

  /** From now on, hear of each change, the first value included. Returns the way to stop hearing. */
  onChange(listener: ChangeListener<Key>): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Stops following. What is held stays readable; its freshness is DISCONNECTED. */
  close(): void {
    this.#ending.abort();
  }

  /** For `using db = credential("db-main")`. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #follow(): Promise<void> {
    try {
      for await (const update of this.#deps.follow(this.#ending.signal)) this.#take(update);
      this.#stale("DISCONNECTED");
    } catch (error) {
      this.#failure = toRpcFailure(error);
      this.#stale(this.#failure.reason ?? this.#failure.code);
    } finally {
      this.#isEnded = true;
      this.#deps.release();
      this.#tellWaiting();
    }
  }

  #take(update: WatchUpdate): void {
    if (update.kind === "interrupted") {
      this.#stale("DISCONNECTED");
      return;
    }
    const { freshness } = update.state;
    if (freshness !== undefined)
      this.#freshness = {
        state: freshness.state === "STATE_FRESH" ? "FRESH" : "STALE",
        reason: freshness.reason,
        asOf: toDate(freshness.asOf),
      };
    if (update.kind === "heartbeat") return;
    if (update.change.changed.length > 0 || update.change.removed.length > 0) this.#hold(update.state);
  }

  #stale(reason: string): void {
    this.#freshness = { ...this.#freshness, state: "STALE", reason };
  }

  #hold(state: WatchState): void {
    const before = this.#held;
    const found = onlyOne(state, this.name);
    this.#held =
      found !== undefined && hasKeys(found, this.#deps.keys) ? new HeldCredential<Key>(found) : undefined;
    if (this.#held === undefined && before === undefined) return;
    for (const listener of this.#listeners) {
      try {
        listener(this.#held, before);
      } catch (error) {
        this.#deps.report(error);
      }
    }
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const tell of this.#waiting) tell();
  }

  /** Until something changed, or the signal ends the wait. */
  #news(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const tell = (): void => {
        this.#waiting.delete(tell);
        signal?.removeEventListener("abort", tell);
        resolve();
      };
      this.#waiting.add(tell);
      signal?.addEventListener("abort", tell);
    });
  }
}

/** @throws RpcFailure where several namespaces have one of this name: which one is meant must be said. */
function onlyOne({ credentials }: WatchState, name: string): Credential | undefined {
  if (credentials.size > 1) {
    const namespaces = [...credentials.values()].map(({ namespace }) => namespace).join(", ");
    throw new RpcFailure(`${name} is in several namespaces (${namespaces}); say which with \`namespace\`.`, {
      code: "FAILED_PRECONDITION",
      reason: "NAMESPACE_REQUIRED",
      retryAfterMs: undefined,
    });
  }
  return [...credentials.values()][0];
}

function closed(name: string): RpcFailure {
  return new RpcFailure(`The live credential ${name} was closed before there was one.`, {
    code: "CANCELLED",
    reason: undefined,
    retryAfterMs: undefined,
  });
}
