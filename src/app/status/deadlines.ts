/**
 * The clock side of credentials: says when an expiry comes near, when it has passed and when a rotation is overdue. A
 * line is written when a threshold is crossed, and for what is found beyond one at first sight; a credential that is
 * always renewed within the same threshold (a token of an hour) says nothing each time.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { Credential, CredentialKey } from "../../core/credential/credential.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import type { LifetimePrefix } from "../../core/credential/lifetime.ts";
import { nextRotationMs } from "../../core/credential/lifetime.ts";
import type { EventName, Log } from "../../log/events.ts";

/** What is told where. */
export interface DeadlinesDeps extends LifetimePrefix {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

const DAY_MS = 86_400_000;
/** The wall clock may jump, so nobody waits longer than this for a look. */
const LOOK_AT_LEAST_EVERY_MS = 3_600_000;
/** setTimeout may fire a little early; a look that comes too soon would have to come again. */
const AFTER_MS = 10;

interface Threshold {
  readonly beforeMs: number;
  readonly event: EventName;
}

/** From far to near; a stage is the number of thresholds that are behind. */
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

/** See the file comment. */
export class Deadlines {
  readonly #deps: DeadlinesDeps;
  readonly #expiries = new Map<CredentialKey, Deadline>();
  readonly #rotations = new Map<CredentialKey, Deadline>();
  #cancel: () => void = () => undefined;

  constructor(deps: DeadlinesDeps) {
    this.#deps = deps;
  }

  /** What a credential says of its end and its next rotation; undefined: it is gone. */
  note(key: CredentialKey, credential: Credential | undefined): void {
    this.#note(this.#expiries, EXPIRY, key, credential?.expiry?.atMs);
    const rotationMs = credential === undefined ? undefined : nextRotationMs(credential, this.#deps);
    this.#note(this.#rotations, ROTATION, key, rotationMs);
  }

  /** Sees to the next threshold; after notes. */
  arm(): void {
    this.#cancel();
    const nowMs = this.#deps.clock.wallMs();
    const nextMs = Math.min(nextOf(this.#expiries, EXPIRY), nextOf(this.#rotations, ROTATION));
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(0, nextMs - nowMs) + AFTER_MS;
    this.#cancel = this.#deps.timers.after(Math.min(waitMs, LOOK_AT_LEAST_EVERY_MS), () => {
      for (const [key, { atMs }] of this.#expiries) this.#note(this.#expiries, EXPIRY, key, atMs);
      for (const [key, { atMs }] of this.#rotations) this.#note(this.#rotations, ROTATION, key, atMs);
      this.arm();
    });
  }

  /** No more looks. */
  stop(): void {
    this.#cancel();
  }

  #note(
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
