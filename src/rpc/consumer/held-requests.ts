/**
 * What open streams hold of their requests (names, types, selectors), bounded for the whole process. Streams of a consumer
 * with equal filters share one copy, which counts once. A consumer can always use its share, the budget divided by the
 * number of consumers, and more while the others do not need it: streams of the one furthest over its share end for it.
 */
import { PodkeyError } from "../../core/errors/errors.ts";

/** For all consumers together. */
export const HELD_REQUESTS_LIMIT_BYTES = 8 * 1024 * 1024;

/** Something of a request that a stream keeps. */
export interface Holding<T> {
  /** Equal for equal values of a consumer. */
  readonly id: string;
  readonly value: T;
  /** Estimated memory, in bytes. */
  readonly sizeBytes: number;
  /** Ends the stream, to make room for another consumer. */
  readonly evict: (error: PodkeyError) => void;
}

/** A held value. `release` gives it back; safe to call twice. */
export interface HeldRequest<T> {
  readonly value: T;
  readonly release: () => void;
}

interface Held {
  readonly value: unknown;
  readonly sizeBytes: number;
  readonly holders: Set<(error: PodkeyError) => void>;
}

/** The budget of the process. */
export class HeldRequests {
  readonly #limitBytes: number;
  readonly #accounts = new Set<HeldRequestsAccount>();

  constructor(limitBytes = HELD_REQUESTS_LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /** Adds a consumer. */
  open(): HeldRequestsAccount {
    const account: HeldRequestsAccount = new HeldRequestsAccount({
      makeRoom: (sizeBytes) => this.#makeRoom(account, sizeBytes),
      close: () => void this.#accounts.delete(account),
    });
    this.#accounts.add(account);
    return account;
  }

  /** Whether the consumer can hold so much more; ends streams of others where that is within its share. */
  #makeRoom(account: HeldRequestsAccount, sizeBytes: number): boolean {
    const shareBytes = this.#limitBytes / this.#accounts.size;
    const isWithinShare = account.sizeBytes + sizeBytes <= shareBytes;
    while (this.#sizeBytes() + sizeBytes > this.#limitBytes) {
      const largest = [...this.#accounts].reduce((a, b) => (b.sizeBytes > a.sizeBytes ? b : a));
      if (!isWithinShare || largest.sizeBytes <= shareBytes) return false;
      largest.evictOldest();
    }
    return true;
  }

  #sizeBytes(): number {
    let sum = 0;
    for (const account of this.#accounts) sum += account.sizeBytes;
    return sum;
  }
}

/** What the streams of one consumer hold. */
export class HeldRequestsAccount {
  readonly #deps: { readonly makeRoom: (sizeBytes: number) => boolean; readonly close: () => void };
  /** Oldest first. */
  readonly #held = new Map<string, Held>();
  #sizeBytes = 0;

  constructor(deps: { readonly makeRoom: (sizeBytes: number) => boolean; readonly close: () => void }) {
    this.#deps = deps;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Holds a value, or shares an equal one that is held.
   * @throws PodkeyError TOO_MANY_STREAMS.
   */
  hold<T>({ id, value, sizeBytes, evict }: Holding<T>): HeldRequest<T> {
    let held = this.#held.get(id);
    if (held === undefined) {
      if (!this.#deps.makeRoom(sizeBytes)) throw tooManyStreams();
      held = { value, sizeBytes, holders: new Set() };
      this.#held.set(id, held);
      this.#sizeBytes += sizeBytes;
    }
    const holder = (error: PodkeyError): void => evict(error);
    held.holders.add(holder);
    return { value: held.value as T, release: () => this.#release(id, holder) };
  }

  /** Ends the streams that hold the oldest value. */
  evictOldest(): void {
    const [oldest] = this.#held;
    if (oldest === undefined) return;
    const [id, { holders }] = oldest;
    for (const holder of [...holders]) {
      this.#release(id, holder);
      holder(tooManyStreams());
    }
  }

  /** The consumer is gone. */
  close(): void {
    this.#deps.close();
  }

  #release(id: string, holder: (error: PodkeyError) => void): void {
    const held = this.#held.get(id);
    if (held?.holders.delete(holder) !== true || held.holders.size > 0) return;
    this.#held.delete(id);
    this.#sizeBytes -= held.sizeBytes;
  }
}

function tooManyStreams(): PodkeyError {
  return new PodkeyError(
    "TOO_MANY_STREAMS",
    "The open streams hold too many names, types and selectors (8 MiB in the process); share one stream, or name less.",
    { metadata: { limit: String(HELD_REQUESTS_LIMIT_BYTES), per: "process" } },
  );
}
