/**
 * Every request that reached the fake API server, with times, and the way to wait for one: tests use `next` as a
 * barrier instead of sleeping.
 */
import type { RequestRecord } from "./api-request.ts";
import { matches } from "./script.ts";
import type { Match } from "./script.ts";

interface Waiter {
  readonly match: Match;
  readonly resolve: (record: RequestRecord) => void;
}

/** See the file header. */
export class RequestLog {
  readonly #records: RequestRecord[] = [];
  #waiters: Waiter[] = [];

  /** All requests, or those that match, oldest first. */
  all(match: Match = {}): readonly RequestRecord[] {
    return this.#records.filter((record) => matches(match, record));
  }

  /** How many match. */
  count(match: Match = {}): number {
    return this.all(match).length;
  }

  /** Resolves with the next request that matches and comes in from now on, before it is answered. */
  next(match: Match = {}): Promise<RequestRecord> {
    return new Promise((resolve) => this.#waiters.push({ match, resolve }));
  }

  /** Resolves as soon as `count` requests have matched since the start (or the last `clear`). */
  async reached(count: number, match: Match = {}): Promise<readonly RequestRecord[]> {
    while (this.count(match) < count) await this.next(match);
    return this.all(match);
  }

  /** Drops the recorded requests; waiters stay. */
  clear(): void {
    this.#records.length = 0;
  }

  /** For the router. */
  add(record: RequestRecord): void {
    this.#records.push(record);
    const due = this.#waiters.filter((waiter) => matches(waiter.match, record));
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve(record);
  }
}
