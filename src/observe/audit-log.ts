/**
 * Writes the audit records of RPC to the log, one line each, without values. Lines per second are limited, so that reads in a
 * loop cannot slow podkey down; dropped records are counted.
 */
import type { AuditMode } from "../config/schema/schema.ts";
import type { Clock } from "../core/time/clock.ts";
import type { AuditRecord, AuditSink } from "../rpc/observe/audit.ts";
import type { Log } from "../log/events.ts";

export interface AuditLogDeps {
  readonly mode: Exclude<AuditMode, "off">;
  readonly log: Log;
  readonly clock: Clock;
  /** Called for each dropped record. */
  readonly dropped: () => void;
}

const LINES_PER_SECOND = 200;

/** The outcomes of mode `denied`. */
const DENIED: ReadonlySet<string> = new Set(["POLICY_DENIED", "PEER_DENIED", "BAD_AUTHORITY", "BAD_TOKEN"]);

/** The audit sink of RPC. */
export function auditLog({ mode, log, clock, dropped }: AuditLogDeps): AuditSink {
  let second = Number.NEGATIVE_INFINITY;
  let lines = 0;
  return (record) => {
    if (mode === "denied" && !DENIED.has(record.outcome)) return;
    const now = Math.floor(clock.nowMs() / 1000);
    if (now !== second) {
      second = now;
      lines = 0;
    }
    lines += 1;
    if (lines > LINES_PER_SECOND) dropped();
    else write(log, record);
  };
}

function write(log: Log, record: AuditRecord): void {
  log(record.method === "Watch" ? "audit_watch" : "audit_read", {
    consumer: record.consumer,
    peer: record.peer,
    method: record.method,
    namespace: record.namespace,
    names: record.names.join(","),
    keys: record.keys.join(","),
    labelSelector: record.labelSelector,
    revision: record.revision,
    outcome: record.outcome,
    trace_id: record.traceId,
  });
}
