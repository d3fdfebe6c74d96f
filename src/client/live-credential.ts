/**
 * One credential that is always the newest. Made by `credential()`, updated by `followCredentials()`. Its value was the
 * value at podkey at one moment; a removed credential is no longer returned; without a connection the last value is kept.
 */
import type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";
import type { WatchUpdate } from "./follow-credentials.ts";
import { HeldCredential, hasKeys, toDate } from "./held-credential.ts";
import { RpcFailure, toRpcFailure } from "./rpc-failure.ts";
import type { WatchState } from "./watch-fold.ts";

/** Whether the held value is known to equal the source. */
export interface HeldFreshness {
  readonly state: "FRESH" | "STALE";
  /**
   * Why it is stale, empty when fresh: podkey's reason (UNREACHABLE, LIMIT and others), CONNECTING before the first
   * connection, DISCONNECTED while there is none, or the reason why podkey refuses this credential.
   */
  readonly reason: string;
  /** When podkey last verified its data, by its clock. */
  readonly asOf: Date | undefined;
}

/** Called with the credential after and before a change; undefined for a missing one. */
export type ChangeListener<Key extends string> = (
  now: HeldCredential<Key> | undefined,
  before: HeldCredential<Key> | undefined,
) => void;

/** Dependencies of a live credential. */
export interface LiveDeps {
  /** Updates of a watch for this one name, until the signal ends them. */
  readonly follow: (signal: AbortSignal) => AsyncIterable<WatchUpdate>;
  /** A credential that lacks one of these keys counts as missing. */
  readonly keys: readonly string[];
  /** Called once, at the end. */
  readonly release: () => void;
  /** Gets the error that a listener throws, which ends neither the watch nor the other listeners. */
  readonly report: (error: unknown) => void;
}

/** See the file header. Follows, and keeps the process alive, until it is closed. */
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

  /** The newest state without any I/O; undefined while the credential or a declared key is missing. */
  current(): HeldCredential<Key> | undefined {
    return this.#held;
  }

  /** The freshness of `current()`. */
  freshness(): HeldFreshness {
    return this.#freshness;
  }

  /** Resolves with the credential as soon as it exists. @throws RpcFailure if podkey refuses it; the signal's reason. */
  async ready({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<HeldCredential<Key>> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#held !== undefined) return this.#held;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isEnded) throw closed(this.name);
      await this.#nextUpdate(signal);
    }
  }

  /**
   * Yields the newest state, then each newer one; undefined after the credential was removed. A slow loop skips outdated
   * states. Ends when this is closed, or by the signal. @throws RpcFailure if podkey refuses it.
   */
  async *changes({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<
    HeldCredential<Key> | undefined,
    void,
    undefined
  > {
    let last: HeldCredential<Key> | undefined;
    while (signal?.aborted !== true) {
      if (this.#held !== last) {
        last = this.#held;
        yield last;
      } else if (this.#failure !== undefined) throw this.#failure;
      else if (this.#isEnded) return;
      else await this.#nextUpdate(signal);
    }
  }

  /** Calls the listener at each change from now on, the first value included. Returns a function that removes it. */
  onChange(listener: ChangeListener<Key>): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Stops following. The held value stays readable; its freshness is DISCONNECTED. */
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
      this.#wakeWaiting();
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
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next change, or when the signal is aborted. */
  #nextUpdate(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener("abort", wake);
    });
  }
}

/** @throws RpcFailure if several namespaces have a credential of this name. */
function onlyOne({ credentials }: WatchState, name: string): Credential | undefined {
  if (credentials.size > 1) {
    const namespaces = [...credentials.values()].map(({ namespace }) => namespace).join(", ");
    throw new RpcFailure(`${name} is in several namespaces (${namespaces}); choose one with \`namespace\`.`, {
      code: "FAILED_PRECONDITION",
      reason: "NAMESPACE_REQUIRED",
    });
  }
  return [...credentials.values()][0];
}

function closed(name: string): RpcFailure {
  return new RpcFailure(`The live credential ${name} was closed before a credential arrived.`, {
    code: "CANCELLED",
  });
}
