/**
 * Logs when an expiry comes near or has passed, and when a rotation is overdue: once for each threshold that a credential
 * crosses or has crossed at its first version. A credential that is always renewed after the same threshold (a token that
 * lives an hour) is not logged again.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import type { LifetimePrefix } from "../../core/credential/lifetime.ts";
import { nextRotationMs } from "../../core/credential/lifetime.ts";
import type { EventName, Log } from "../../log/events.ts";

export interface DeadlinesDeps extends LifetimePrefix {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

const DAY_MS = 86_400_000;
/** The wall clock can jump, so it is checked at least this often. */
const CHECK_AT_LEAST_EVERY_MS = 3_600_000;
/** setTimeout can fire a little early. */
const AFTER_MS = 10;

interface Threshold {
  readonly beforeMs: number;
  readonly event: EventName;
}

/** From far to near. A stage is the number of crossed thresholds. */
const EXPIRY: readonly Threshold[] = [
  { beforeMs: 30 * DAY_MS, event: "credential_expires" },
  { beforeMs: 7 * DAY_MS, event: "credential_expires_soon" },
  { beforeMs: DAY_MS, event: "credential_expires_soon" },
  { beforeMs: 0, event: "credential_expired" },
];
const ROTATION: readonly Threshold[] = [{ beforeMs: 0, event: "credential_rotation_overdue" }];

interface Deadline {
  readonly atMs: number;
  readonly stage: number;
}

/** Logs the deadlines of all credentials. */
export class Deadlines {
  readonly #deps: DeadlinesDeps;
  readonly #expiries = new Map<CredentialKey, Deadline>();
  readonly #rotations = new Map<CredentialKey, Deadline>();
  #cancel: () => void = () => undefined;

  constructor(deps: DeadlinesDeps) {
    this.#deps = deps;
  }

  /** Sets the deadlines of a credential; undefined: it was removed. Call `arm` afterwards. */
  update(key: CredentialKey, credential: Credential | undefined): void {
    this.#check(this.#expiries, EXPIRY, key, credential?.expiry?.atMs);
    const rotationMs = credential === undefined ? undefined : nextRotationMs(credential, this.#deps);
    this.#check(this.#rotations, ROTATION, key, rotationMs);
  }

  /** Sets the timer for the next threshold. */
  arm(): void {
    this.#cancel();
    const nowMs = this.#deps.clock.wallMs();
    const nextMs = Math.min(nextOf(this.#expiries, EXPIRY), nextOf(this.#rotations, ROTATION));
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(0, nextMs - nowMs) + AFTER_MS;
    this.#cancel = this.#deps.timers.after(Math.min(waitMs, CHECK_AT_LEAST_EVERY_MS), () => {
      for (const [key, { atMs }] of this.#expiries) this.#check(this.#expiries, EXPIRY, key, atMs);
      for (const [key, { atMs }] of this.#rotations) this.#check(this.#rotations, ROTATION, key, atMs);
      this.arm();
    });
  }

  /** Stops the timer. */
  stop(): void {
    this.#cancel();
  }

  #check(
    book: Map<CredentialKey, Deadline>,
    thresholds: readonly Threshold[],
    key: CredentialKey,
    atMs: number | undefined,
  ): void {
    if (atMs === undefined) {
      book.delete(key);
      return;
    }
    const stage = stageOf(thresholds, atMs, this.#deps.clock.wallMs());
    const before = book.get(key);
    book.set(key, { atMs, stage });
    const threshold = thresholds[stage - 1];
    if (threshold === undefined || (before !== undefined && stage <= before.stage)) return;
    this.#deps.log(threshold.event, { ...splitCredentialKey(key), at: new Date(atMs).toISOString() });
  }
}

function stageOf(thresholds: readonly Threshold[], atMs: number, nowMs: number): number {
  return thresholds.filter(({ beforeMs }) => atMs - beforeMs <= nowMs).length;
}

function nextOf(book: ReadonlyMap<CredentialKey, Deadline>, thresholds: readonly Threshold[]): number {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const { atMs, stage } of book.values()) {
    const next = thresholds[stage];
    if (next !== undefined) nextMs = Math.min(nextMs, atMs - next.beforeMs);
  }
  return nextMs;
}
