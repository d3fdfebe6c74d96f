/** Holds the newest credentials of podkey, also while podkey restarts or is away. Copy this file. */
import { setTimeout as delayed } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { status } from "@grpc/grpc-js";
import type { StatusObject } from "@grpc/grpc-js";
import type { Change__Output as Change } from "./gen/podkey/v1/Change.ts";
import type { Credential__Output as Credential } from "./gen/podkey/v1/Credential.ts";
import type { CredentialServiceClient } from "./gen/podkey/v1/CredentialService.ts";
import type { Freshness__Output as Freshness } from "./gen/podkey/v1/Freshness.ts";
import type { WatchResponse__Output as WatchResponse } from "./gen/podkey/v1/WatchResponse.ts";

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5000;

/** No retry can help. */
const REFUSALS = [
  status.INVALID_ARGUMENT,
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.UNIMPLEMENTED,
];

/** How a stream ended. */
export type Ended = Pick<StatusObject, "code" | "details">;

/** Receives the events. */
export interface Listener {
  /** `names` are those whose data changed, sorted. */
  onChange(how: "reset" | "changed" | "resumed", names: readonly string[]): void;
  /** the data is verified (FRESH), or it is not (STALE, with the reason). */
  onFreshness(freshness: Freshness): void;
  /** The stream ended; the next attempt follows after the delay. The held credentials stay. */
  onReconnect(ended: Ended, delayMs: number): void;
}

type Held = ReadonlyMap<string, Credential>;

/** Holds the newest state of some credentials, by name: podkey serves one namespace here. */
export class LiveCredentials {
  readonly #client: CredentialServiceClient;
  readonly #names: readonly string[];
  readonly #listener: Listener;
  #held: Held = new Map(); // replaced as a whole, never modified
  #freshness: Freshness | undefined;
  #token = "";

  constructor(client: CredentialServiceClient, names: readonly string[], listener: Listener) {
    this.#client = client;
    this.#names = names;
    this.#listener = listener;
  }

  /** The newest credential of this name, or undefined if there is none. */
  current(name: string): Credential | undefined {
    return this.#held.get(name);
  }

  /** The number of held credentials. */
  get size(): number {
    return this.#held.size;
  }

  /** Runs until the signal ends it or podkey refuses the watch permanently; resolves with the refusal. */
  async run(signal?: AbortSignal): Promise<Ended | undefined> {
    for (let waitMs = FIRST_BACKOFF_MS; ; waitMs = Math.min(2 * waitMs, MAX_BACKOFF_MS)) {
      const { isSynced, ended } = await this.#follow(signal);
      if (signal?.aborted === true) return undefined;
      if (REFUSALS.includes(ended.code)) return ended;
      if (isSynced) waitMs = FIRST_BACKOFF_MS;
      const delayMs = Math.round(waitMs * (0.5 + Math.random() / 2)); // so that not all clients reconnect at the same moment
      this.#listener.onReconnect(ended, delayMs);
      await delayed(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Reads one stream to its end. A reset takes effect at its synced, a change at its last part. */
  async #follow(signal: AbortSignal | undefined): Promise<{ isSynced: boolean; ended: Ended }> {
    let isSynced = false;
    let incoming: Map<string, Credential> | undefined;
    let parts: Change[] = [];
    const stream = this.#client.watch({ names: [...this.#names], resumeToken: this.#token });
    const cancel = (): void => stream.cancel();
    signal?.addEventListener("abort", cancel);
    try {
      for await (const message of stream as AsyncIterable<WatchResponse>) {
        if (message.resumeToken !== "") this.#token = message.resumeToken;
        if (message.event === "reset") [incoming, parts] = [new Map(), []];
        if (message.item) incoming?.set(message.item.name, message.item);
        if (message.event === "synced") {
          if (incoming === undefined) this.#listener.onChange("resumed", []);
          else this.#swap("reset", incoming);
          [isSynced, incoming] = [true, undefined];
        }
        if (message.change) {
          parts.push(message.change);
          if (!message.change.more) this.#swap("changed", applied(this.#held, parts.splice(0)));
        }
        this.#notice(message.freshness);
      }
      return { isSynced, ended: { code: status.OK, details: "podkey ended the stream" } };
    } catch (error) {
      return { isSynced, ended: error as Ended };
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Replaces the held credentials by `next` in one step, and reports the differences. */
  #swap(how: "reset" | "changed", next: Held): void {
    const before = this.#held;
    this.#held = next;
    const names = [...new Set([...before.keys(), ...next.keys()])].sort();
    const differs = (name: string): boolean =>
      !isDeepStrictEqual(before.get(name)?.data, next.get(name)?.data);
    this.#listener.onChange(how, names.filter(differs));
  }

  #notice(now: Freshness | null): void {
    if (now === null) return;
    const [before, changed] = [this.#freshness, now];
    this.#freshness = now;
    if (before?.state !== changed.state || before.reason !== changed.reason) this.#listener.onFreshness(now);
  }
}

function applied(held: Held, parts: readonly Change[]): Held {
  const next = new Map(held);
  for (const { changed, removed } of parts) {
    for (const { name } of removed) next.delete(name);
    for (const credential of changed) next.set(credential.name, credential);
  }
  return next;
}
