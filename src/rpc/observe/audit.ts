/**
 * The audit hook: one value-free record for each read and each Watch, offered at its end. Who writes it (and how many a
 * second) is decided outside; with `off` nothing is built.
 */
import type { Reason } from "../../core/errors/errors.ts";

/** Who asked for what, and how it ended. Names and numbers only. */
export interface AuditRecord {
  readonly consumer: string;
  /** Which connection, with kernel credentials where they were read: `unix:web#12 uid=1001 gid=1001`. */
  readonly peer: string;
  readonly method: "Get" | "List" | "Watch";
  readonly namespace: string;
  /** Names asked for; empty: all, or (with BAD_REQUEST and REQUEST_TOO_LARGE) not known. */
  readonly names: readonly string[];
  /** Keys asked for; empty: all. Only Get asks for keys. */
  readonly keys: readonly string[];
  readonly labelSelector: string;
  /** Revision of the view that answered; undefined if none did. */
  readonly revision: number | undefined;
  /** `ok`, the reason of the error, or `cancelled` (also a deadline). */
  readonly outcome: "ok" | "cancelled" | Reason;
  /** The trace that the call belongs to; undefined where the caller named none. */
  readonly traceId: string | undefined;
}

/** Takes records; must not throw. */
export type AuditSink = (record: AuditRecord) => void;
