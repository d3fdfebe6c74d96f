/**
 * The delay before the next attempt, as an immutable value: asking for a delay returns the next value beside it.
 * Called by the reflector's step on every failure. Keeps true that no delay is above the cap of the trouble's age.
 */
import { SYNC_PARAMETERS } from "../port/parameters.ts";

const { backoff: LIMITS } = SYNC_PARAMETERS;

/** How far the doubling has come. */
export interface Backoff {
  /** The next delay before cap and jitter, in milliseconds. */
  readonly nextMs: number;
}

/** The backoff of a source that has been in good health. */
export const RESTED: Backoff = { nextMs: LIMITS.firstMs };

/** A delay and the backoff after it. */
export interface BackoffStep {
  readonly delayMs: number;
  readonly backoff: Backoff;
}

/**
 * The next delay.
 * @param troubleForMs age of the present trouble: decides the cap.
 * @param random a random number in [0, 1).
 */
export function backOff(backoff: Backoff, troubleForMs: number, random: number): BackoffStep {
  const capMs = troubleForMs < LIMITS.earlyForMs ? LIMITS.earlyCapMs : LIMITS.capMs;
  const baseMs = Math.min(backoff.nextMs, capMs);
  return {
    delayMs: baseMs * (LIMITS.jitterFrom + random * (1 - LIMITS.jitterFrom)),
    backoff: { nextMs: Math.min(baseMs * LIMITS.factor, LIMITS.capMs) },
  };
}
