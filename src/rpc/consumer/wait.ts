/**
 * When Get and List may be answered (contract section 1): at once if the view exists and is young enough, which is every
 * ordinary call and costs nothing. Otherwise the call waits for the first sync or for a proof, until shortly before its
 * deadline, and whatever ends it (answer, error, deadline, cancellation, drain) leaves no timer and no listener behind.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ConsumerView, ReadScope } from "../../core/view/consumer-view.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { View } from "../../core/view/view.ts";

/** How many calls of a consumer may wait at a time. */
export const WAITERS_LIMIT = 4096;

/** The longest wait. */
export const WAIT_LIMIT_MS = 10_000;

/** How long before the deadline a wait ends, so that the client sees our reason and not its own timeout. */
const MARGIN_MS = 100;

/** A proof that failed is asked for again after this long; the source takes no more than one a second anyway. */
const PROOF_RETRY_MS = 1000;

/** The call that waits: what is needed of grpc-js's call. */
export interface WaitingCall {
  /** When the client gives up, by the wall clock; Infinity: never. */
  getDeadline(): Date | number;
  /** `cancelled` comes at every end of a call, also at its deadline. */
  once(event: "cancelled", listener: () => void): unknown;
}

/** What an answer needs. */
export interface Demand {
  readonly readScope: ReadScope;
  /** Greatest age, or undefined for any. */
  readonly maxAgeMs: number | undefined;
}

/** The calls of one consumer that wait. */
export class Waiters {
  readonly #view: ConsumerView;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #maxStaleMs: number;
  readonly #waiting = new Set<(error: PodkeyError) => void>();

  /** @param deps.maxStaleMs `--max-stale`: refuse answers that are older; 0: never. */
  constructor(deps: {
    readonly view: ConsumerView;
    readonly clock: Clock;
    readonly timers: Timers;
    readonly maxStaleMs: number;
  }) {
    this.#view = deps.view;
    this.#clock = deps.clock;
    this.#timers = deps.timers;
    this.#maxStaleMs = deps.maxStaleMs;
  }

  /** How many calls wait now. */
  get count(): number {
    return this.#waiting.size;
  }

  /**
   * The view to answer from; a promise only if the call has to wait. Rejects with NOT_SYNCED, SOURCE_STALE,
   * TOO_MANY_WAITERS, or SHUTTING_DOWN; with `CALL_ENDED` if nobody waits for the answer any more.
   */
  ready(demand: Demand, call: WaitingCall): View | Promise<View> {
    const view = this.#view.current();
    if (view !== undefined && this.#isYoung(demand)) return view;
    if (this.#waiting.size >= WAITERS_LIMIT)
      throw new PodkeyError(
        "TOO_MANY_WAITERS",
        `${String(WAITERS_LIMIT)} calls of this consumer wait already; wait on health or on one Watch instead.`,
        { metadata: { limit: String(WAITERS_LIMIT) } },
      );
    return this.#wait(demand, call);
  }

  /** Ends every wait with this error. */
  endAll(error: PodkeyError): void {
    for (const end of [...this.#waiting]) end(error);
  }

  #isYoung(demand: Demand): boolean {
    if (demand.maxAgeMs === undefined && this.#maxStaleMs === 0) return true;
    const { ageMs = Infinity } = this.#view.freshness(demand.readScope);
    // --max-stale refuses at once: a client that wants to wait says so by max_age.
    if (this.#maxStaleMs > 0 && ageMs > this.#maxStaleMs && demand.maxAgeMs === undefined)
      throw this.#stale(demand);
    return (
      ageMs <= Math.min(demand.maxAgeMs ?? Infinity, this.#maxStaleMs === 0 ? Infinity : this.#maxStaleMs)
    );
  }

  #wait(demand: Demand, call: WaitingCall): Promise<View> {
    return new Promise((resolve, reject) => {
      const proof = new AbortController();
      const undo: (() => void)[] = [];
      let isOver = false;
      const settle = (finish: () => void): void => {
        if (isOver) return;
        isOver = true;
        this.#waiting.delete(fail);
        for (const step of undo) step();
        proof.abort();
        finish();
      };
      const fail = (error: PodkeyError): void => settle(() => reject(error));
      const check = (proved: boolean): void => {
        if (isOver) return;
        const view = this.#view.current();
        if (view === undefined) return;
        if (proved || this.#isYoungOrFail(demand, fail)) settle(() => resolve(view));
        else prove();
      };
      let isProving = false;
      const prove = (): void => {
        if (isProving || isOver) return;
        isProving = true;
        this.#view.demandProof(demand.readScope, proof.signal).then(
          (outcome) => {
            isProving = false;
            if (outcome.ok) check(true);
            else if (!isOver) undo.push(this.#timers.after(PROOF_RETRY_MS, () => check(false)));
          },
          (cause: unknown) => settle(() => reject(proofFault(cause))),
        );
      };
      this.#waiting.add(fail);
      undo.push(
        this.#view.onChange(() => check(false)),
        this.#timers.after(waitMs(Number(call.getDeadline()), this.#clock.wallMs()), () =>
          fail(this.#tooLate(demand)),
        ),
      );
      call.once("cancelled", () => settle(() => reject(CALL_ENDED)));
      check(false);
    });
  }

  #isYoungOrFail(demand: Demand, fail: (error: PodkeyError) => void): boolean {
    try {
      return this.#isYoung(demand);
    } catch (error) {
      if (!(error instanceof PodkeyError)) throw error;
      fail(error);
      return false;
    }
  }

  #tooLate(demand: Demand): PodkeyError {
    if (this.#view.current() !== undefined) return this.#stale(demand);
    const { reason = "STARTING" } = this.#view.freshness(demand.readScope);
    return new PodkeyError(
      "NOT_SYNCED",
      `podkey has not read its source once yet (${reason}); retry, podkey's log says what it waits for.`,
      { metadata: { reason } },
    );
  }

  #stale(demand: Demand): PodkeyError {
    const { ageMs, reason } = this.#view.freshness(demand.readScope);
    const age = ageMs === undefined ? "unknown" : `${(ageMs / 1000).toFixed(1)}s`;
    const limit =
      demand.maxAgeMs === undefined
        ? "older than --max-stale lets it be; retry, podkey's log says what is wrong with its source."
        : "older than may be; retry, or ask without max_age.";
    return new PodkeyError(
      "SOURCE_STALE",
      `The newest proof of this content is ${age} old${reason === undefined ? "" : ` (${reason})`}, ${limit}`,
      { metadata: { age, ...(reason === undefined ? {} : { reason }) } },
    );
  }
}

/** A proof settles with an outcome; a rejection is a bug and ends as INVARIANT. */
function proofFault(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error("a proof was rejected");
}

/** What a wait rejects with when its call was cancelled or ran into its deadline: there is nobody to tell. */
export const CALL_ENDED = new Error("the call has ended");

/** How long a call may wait: until 100 ms, or a tenth of what is left, before its deadline; at most 10 s. */
export function waitMs(deadlineMs: number, wallMs: number): number {
  const leftMs = deadlineMs - wallMs;
  return Math.max(0, Math.min(WAIT_LIMIT_MS, leftMs - Math.min(MARGIN_MS, leftMs / 10)));
}
