/**
 * The delay before the next attempt after a failure. An immutable value: taking a delay returns the next value with it.
 * No delay exceeds the limit for the age of the trouble.
 */
import { SYNC_PARAMETERS } from "../port/parameters.ts";

const { backoff: LIMITS } = SYNC_PARAMETERS;

/** How far the doubling has come. */
export interface Backoff {
  /** The next delay before limit and jitter, in milliseconds. */
  readonly nextMs: number;
}

/** The backoff after a long time without a failure. */
export const RESTED: Backoff = { nextMs: LIMITS.firstMs };

/** A delay and the backoff after it. */
export interface BackoffStep {
  readonly delayMs: number;
  readonly backoff: Backoff;
}

/**
 * Takes the next delay.
 * @param troubleForMs age of the current trouble; it sets the limit.
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
