/** The audit port: one record without values for each read and each Watch, passed to the sink at the end of the call. */
import type { Reason } from "../../core/errors/errors.ts";

/** Who asked for what, and the outcome. Names and numbers only. */
export interface AuditRecord {
  readonly consumer: string;
  /** Name of the connection, with kernel credentials where they are read: `unix:web#12 uid=1001 gid=1001`. */
  readonly peer: string;
  /** The RPC method: `Get`, `List`, `Watch`, `StreamSecrets`, `Check`. */
  readonly method: string;
  readonly namespace: string;
  /** Names asked for; empty: all, or (with BAD_REQUEST and REQUEST_TOO_LARGE) unknown. */
  readonly names: readonly string[];
  /** Keys asked for (Get only); empty: all. */
  readonly keys: readonly string[];
  readonly labelSelector: string;
  /** Revision of the view; undefined before the first sync. */
  readonly revision: number | undefined;
  /** `ok`, the reason of the error, or `cancelled` (also for a passed deadline). */
  readonly outcome: "ok" | "cancelled" | Reason;
  /** Trace id of the call; undefined if it has none. */
  readonly traceId: string | undefined;
}

/** Takes records; must not throw. */
export type AuditSink = (record: AuditRecord) => void;
