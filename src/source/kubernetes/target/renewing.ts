/**
 * A value that is read from outside (a file, a kubeconfig, an exec plugin), kept for a while and read again when it is
 * old or refused. While it cannot be read the old one stays in use, as client-go does: a token file is missing for a
 * moment while the kubelet swaps it. Used by both makers of credentials.
 */
import type { Clock } from "../../../core/time/clock.ts";

/** The kept value. */
export interface Renewing<T> {
  /** The value; read again first when it is older than its maximum age. Rejects only when there never was one. */
  current(): Promise<T>;
  /** Reads now. True if the value is another one than before; false also when nothing could be read. */
  renew(): Promise<boolean>;
}

/** How to keep it. */
export interface RenewingDeps<T> {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  /** Reads a valid value or rejects. Never called twice at a time. */
  read(): Promise<T>;
  same(a: T, b: T): boolean;
  /** A read failed and the old value stays; told once until a read succeeds. */
  onKept(error: unknown): void;
}

/** Nothing is read before the first `current()`. */
export function createRenewing<T>(deps: RenewingDeps<T>): Renewing<T> {
  let held: { readonly value: T; readonly readAtMs: number } | undefined;
  let reading: Promise<boolean> | undefined;
  let keptTold = false;

  async function readNow(): Promise<boolean> {
    try {
      const value = await deps.read();
      const changed = held !== undefined && !deps.same(held.value, value);
      // An equal value stays the same object.
      held = { value: held === undefined || changed ? value : held.value, readAtMs: deps.clock.nowMs() };
      keptTold = false;
      return changed;
    } catch (error) {
      if (held === undefined) throw error;
      // The age starts anew, so that a missing file is not asked for at every request.
      held = { value: held.value, readAtMs: deps.clock.nowMs() };
      if (!keptTold) deps.onKept(error);
      keptTold = true;
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
