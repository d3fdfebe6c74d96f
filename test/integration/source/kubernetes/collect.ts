/** Collects the values of an Observable until its end, for assertions. */
import type { Observable } from "rxjs";
import { lastValueFrom, materialize, toArray } from "rxjs";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";

/** All values, and how the Observable ended. */
export interface Collected<T> {
  readonly values: readonly T[];
  /** Undefined if it completed. */
  readonly error: SyncError | undefined;
}

/** Subscribes and waits for the end. Throws any error that is not a SyncError. */
export async function collect<T>(source: Observable<T>): Promise<Collected<T>> {
  const notifications = await lastValueFrom(source.pipe(materialize(), toArray()));
  const values = notifications.flatMap((one) => (one.kind === "N" ? [one.value] : []));
  const end = notifications.at(-1);
  if (end?.kind !== "E") return { values, error: undefined };
  if (end.error instanceof SyncError) return { values, error: end.error };
  throw end.error;
}
