/**
 * A value that is read from outside (a file, a kubeconfig, an exec plugin), cached, and read again when it is old or
 * was refused. If a read fails, the old value stays in use, as in client-go: a token file is missing for a moment while
 * the kubelet swaps it. Used by service-account.ts and kubeconfig-credentials.ts.
 */
import type { Clock } from "../../../core/time/clock.ts";

/** The cached value. */
export interface Renewing<T> {
  /** The value; read again first when it is older than its maximum age. Rejects only when there never was one. */
  current(): Promise<T>;
  /** Reads now. True if the value changed; false also if the read failed. */
  renew(): Promise<boolean>;
}

export interface RenewingDeps<T> {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  /** Reads a valid value or rejects. Calls never overlap. */
  read(): Promise<T>;
  same(a: T, b: T): boolean;
  /** A read failed and the old value stays in use. Called once until a read succeeds. */
  onKept(error: unknown): void;
}

/** Nothing is read before the first `current()`. */
export function createRenewing<T>(deps: RenewingDeps<T>): Renewing<T> {
  let held: { readonly value: T; readonly readAtMs: number } | undefined;
  let reading: Promise<boolean> | undefined;
  let isKeptReported = false;

  async function readNow(): Promise<boolean> {
    try {
      const value = await deps.read();
      const changed = held !== undefined && !deps.same(held.value, value);
      // An equal value stays the same object.
      held = { value: held === undefined || changed ? value : held.value, readAtMs: deps.clock.nowMs() };
      isKeptReported = false;
      return changed;
    } catch (error) {
      if (held === undefined) throw error;
      // The age starts again, so that a missing file is not opened at every request.
      held = { value: held.value, readAtMs: deps.clock.nowMs() };
      if (!isKeptReported) deps.onKept(error);
      isKeptReported = true;
      return false;
    }
  }

  function read(): Promise<boolean> {
    reading ??= readNow().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    async current() {
      if (held === undefined || deps.clock.nowMs() - held.readAtMs >= deps.maxAgeMs) await read();
      if (held === undefined) throw new Error("unreachable: read() rejects when nothing was ever read");
      return held.value;
    },
    renew: read,
  };
}
