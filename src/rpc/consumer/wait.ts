/**
 * Decides when Get and List are answered. Where the view exists and is young enough, as for every ordinary call, that is
 * at once. Otherwise the call waits for the first sync or for a data proof, until shortly before its deadline. Every end of
 * the wait (answer, error, deadline, cancellation, drain) removes its timers and listeners.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ConsumerView, ReadScope } from "../../core/view/consumer-view.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { View } from "../../core/view/view.ts";

/** How many calls of a consumer can wait at the same time. */
export const WAITERS_LIMIT = 4096;

/** The longest wait. */
export const WAIT_LIMIT_MS = 10_000;

/** A wait ends this long before the deadline, so that the client gets podkey's reason and not its own timeout. */
const MARGIN_MS = 100;

/** A failed proof is requested again after this long; the source makes at most one a second. */
const PROOF_RETRY_MS = 1000;

/** The call that waits, as far as it is needed here. */
export interface WaitingCall {
  /** Wall-clock time in milliseconds; Infinity: none. */
  getDeadline(): Date | number;
  /** `cancelled` is emitted at every end of a call, also at its deadline. */
  once(event: "cancelled", listener: () => void): unknown;
}

/** What an answer requires. */
export interface Demand {
  readonly readScope: ReadScope;
  /** Greatest age; undefined: any. */
  readonly maxAgeMs: number | undefined;
}

/** See the file comment. One for each consumer. */
export class Waiters {
  readonly #view: ConsumerView;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #maxStaleMs: number;
  readonly #waiting = new Set<(error: PodkeyError) => void>();

  /** @param deps.maxStaleMs `--max-stale`: older answers are refused; 0: never. */
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

  get count(): number {
    return this.#waiting.size;
  }

  /**
   * The view to answer from; a promise only if the call has to wait. Throws or rejects with NOT_SYNCED, SOURCE_STALE,
   * TOO_MANY_WAITERS or SHUTTING_DOWN, or with `CALL_ENDED` if the call ended while it waited.
   */
  ready(demand: Demand, call: WaitingCall): View | Promise<View> {
    const view = this.#view.current();
    if (view !== undefined && this.#isYoung(demand)) return view;
    if (this.#waiting.size >= WAITERS_LIMIT)
      throw new PodkeyError(
        "TOO_MANY_WAITERS",
        `${String(WAITERS_LIMIT)} calls of this consumer are waiting already; wait on health or on one Watch instead.`,
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
    // --max-stale refuses at once; a client that wants to wait sets max_age.
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
      `podkey has not completed its first sync (${reason}); retry, and read podkey's log if this persists.`,
      { metadata: { reason } },
    );
  }

  #stale(demand: Demand): PodkeyError {
    const { ageMs, reason } = this.#view.freshness(demand.readScope);
    const age = ageMs === undefined ? "unknown" : `${(ageMs / 1000).toFixed(1)}s`;
    const verified =
      ageMs === undefined ? "never verified" : `last verified ${(ageMs / 1000).toFixed(1)} s ago`;
    const limit =
      demand.maxAgeMs === undefined
        ? `--max-stale (${String(this.#maxStaleMs / 1000)} s); retry, and read podkey's log for the reason.`
        : `\`max_age\` (${String(demand.maxAgeMs / 1000)} s); retry, or leave \`max_age\` unset.`;
    return new PodkeyError(
      "SOURCE_STALE",
      `The data was ${verified}${reason === undefined ? "" : ` (${reason})`}, which exceeds ${limit}`,
      { metadata: { age, ...(reason === undefined ? {} : { reason }) } },
    );
  }
}

/** `demandProof` never rejects; if it does, that is a bug and the call ends with INVARIANT. */
function proofFault(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error("a proof was rejected");
}

/** What a wait rejects with when its call was cancelled or its deadline passed: no answer can be sent. */
export const CALL_ENDED = new Error("the call has ended");

/** How long a call waits: until 100 ms (or a tenth of the time left, if less) before its deadline, at most 10 s. */
export function waitMs(deadlineMs: number, wallMs: number): number {
  const leftMs = deadlineMs - wallMs;
  return Math.max(0, Math.min(WAIT_LIMIT_MS, leftMs - Math.min(MARGIN_MS, leftMs / 10)));
}
