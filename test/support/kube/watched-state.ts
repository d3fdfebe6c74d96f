/**
 * The state of a client that follows a Watch by the rules of docs/api.md: replaced at `synced`, changed by each `change`
 * with `more = false`. It does not use podkey's own client, so that it finds faults of both sides.
 */
import type { Credential__Output } from "../../../src/client/generated/podkey/v1/Credential.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import type { RpcClient, WatchReader } from "../rpc/client.ts";

/** Freshness of a message. */
export type SeenFreshness = NonNullable<WatchResponse__Output["freshness"]>;

/** Default time limit of a condition. */
const PATIENCE_MS = 30_000;

/** See the file comment. */
export class WatchedState {
  /** `NAMESPACE/NAME` to credential. */
  readonly credentials = new Map<string, Credential__Output>();
  /** Event names of all messages, in order. */
  readonly messages: string[] = [];
  /** Time of each message, in milliseconds of `performance.now()`. */
  readonly arrivedAtMs: number[] = [];
  freshness: SeenFreshness | undefined;
  /** Highest revision so far; 0 before the first. */
  revision = 0;
  isSynced = false;
  /** Why the stream ended; undefined while it is open. */
  ended: string | undefined;
  readonly #reader: WatchReader;
  #staged: Map<string, Credential__Output> | undefined;
  #parts: WatchResponse__Output[] = [];
  readonly #waiting = new Set<() => void>();

  /** Starts a Watch of all credentials of the consumer, with a heartbeat each second. */
  constructor(client: RpcClient) {
    this.#reader = client.watch({ heartbeatInterval: { seconds: 1 } });
    void this.#follow();
  }

  /** The value of a key as text; undefined if there is none. */
  text(credential: string, key: string): string | undefined {
    return this.credentials.get(credential)?.data[key]?.toString();
  }

  /** Resolves when the condition holds; checked after each message. */
  until(what: string, condition: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        const last = JSON.stringify({
          freshness: this.freshness,
          messages: this.messages.slice(-10),
          ended: this.ended,
        });
        reject(new Error(`Waited ${String(patienceMs)} ms for ${what}; ${last}`));
      }, patienceMs);
      this.#waiting.add(check);
      check();
    });
  }

  /** Resolves when the key has this value. */
  untilText(credential: string, key: string, text: string, patienceMs = PATIENCE_MS): Promise<void> {
    return this.until(`${credential} ${key}=${text}`, () => this.text(credential, key) === text, patienceMs);
  }

  /** Ends the stream. */
  cancel(): void {
    this.#reader.call.cancel();
  }

  async #follow(): Promise<void> {
    try {
      for (;;) this.#take(await this.#reader.next());
    } catch (error) {
      this.ended = String(error);
      for (const check of [...this.#waiting]) check();
    }
  }

  #take(message: WatchResponse__Output): void {
    this.messages.push(message.event ?? "unknown");
    this.arrivedAtMs.push(performance.now());
    this.freshness = message.freshness ?? this.freshness;
    if (isSet(message.reset)) this.#staged = new Map();
    if (isSet(message.item)) this.#staged?.set(keyOf(message.item), message.item);
    if (isSet(message.synced)) this.#sync();
    if (isSet(message.change)) {
      this.#parts.push(message);
      if (!message.change.more) this.#apply();
    }
    if (message.revision !== null) {
      const revision = Number(message.revision.number);
      if (revision < this.revision)
        throw new Error(`revision ${String(revision)} after ${String(this.revision)}`);
      this.revision = revision;
    }
    for (const check of [...this.#waiting]) check();
  }

  #sync(): void {
    if (this.#staged !== undefined) {
      this.credentials.clear();
      for (const [key, credential] of this.#staged) this.credentials.set(key, credential);
    }
    this.#staged = undefined;
    this.isSynced = true;
  }

  #apply(): void {
    for (const { change } of this.#parts) {
      for (const credential of change?.changed ?? []) this.credentials.set(keyOf(credential), credential);
      for (const { namespace, name } of change?.removed ?? [])
        this.credentials.delete(`${namespace}/${name}`);
    }
    this.#parts = [];
  }
}

function keyOf(credential: Credential__Output): string {
  return `${credential.namespace}/${credential.name}`;
}

/** In proto-loader, members of a oneof that are not set are absent or null. */
function isSet<T>(member: T | null | undefined): member is T {
  return member !== undefined && member !== null;
}
