/**
 * What a consumer is in for after one of its connections was ended for its conduct: for a while its connections are judged
 * strictly (flood-guard.ts), and let in one at a time with a pause between them. Each attack costs the other consumers the
 * turn in which it is found out, so attacks must be rare beside their calls: with a pause, a turn of 40 ms is less than
 * one call in a hundred. A connection that waits is accepted and not read, so it costs one descriptor and no memory.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";

/** How long an offence is remembered. */
const PROBATION_MS = 10_000;

/** Between two connections on probation, and between those that still wait after it. */
const PAUSE_MS = 5000;
const CLEARING_PAUSE_MS = 20;

/** What probation needs. */
export interface ProbationDeps {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** A connection that wants in. */
export interface Entrant {
  readonly letIn: () => void;
  /** Ends it unheard. */
  readonly turnAway: () => void;
}

/** See the file comment. One for each consumer. */
export class Probation {
  readonly #deps: ProbationDeps;
  readonly #waiting = new Set<Entrant>();
  #offendedAtMs = -Infinity;
  #enteredAtMs = -Infinity;
  #cancelNext: (() => void) | undefined;

  constructor(deps: ProbationDeps) {
    this.#deps = deps;
  }

  /** Whether an offence is remembered. */
  get isOn(): boolean {
    return this.#deps.clock.nowMs() < this.#offendedAtMs + PROBATION_MS;
  }

  /** A connection of the consumer was ended for its conduct. */
  offended(): void {
    this.#offendedAtMs = this.#deps.clock.nowMs();
  }

  /** Lets a connection in, now or when its turn comes; returns the way to give up waiting. */
  enter(entrant: Entrant): () => void {
    this.#waiting.add(entrant);
    if (this.#cancelNext === undefined) this.#letNextIn();
    return () => void this.#waiting.delete(entrant);
  }

  /** The first that waits, if it is time; then the next one later. */
  #letNextIn(): void {
    this.#cancelNext = undefined;
    const [first] = this.#waiting;
    if (first === undefined) return;
    const waitMs = this.#enteredAtMs + (this.isOn ? PAUSE_MS : 0) - this.#deps.clock.nowMs();
    if (waitMs <= 0) {
      this.#waiting.delete(first);
      this.#enteredAtMs = this.#deps.clock.nowMs();
      first.letIn();
    }
    if (this.#waiting.size > 0)
      this.#cancelNext = this.#deps.timers.after(Math.max(waitMs, CLEARING_PAUSE_MS), () =>
        this.#letNextIn(),
      );
  }

  /** Turns away all that wait: the listeners are closed, and a drain is for calls. */
  close(): void {
    this.#cancelNext?.();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { turnAway } of waiting) turnAway();
  }
}
