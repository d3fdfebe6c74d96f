/**
 * Writes the audit records of RPC to the log, one line each, without values. Each consumer has its own budget of lines per second,
 * so that neither can hide the lines of another, and denied calls have a budget apart from reads that succeed. Dropped records
 * are counted, and a line tells how many were dropped for which consumer.
 */
import type { AuditMode } from "../config/schema/schema.ts";
import type { Timers } from "../core/time/clock.ts";
import type { AuditRecord, AuditSink } from "../rpc/observe/audit.ts";
import { cutField } from "../log/cut-field.ts";
import type { Log } from "../log/events.ts";

export interface AuditLogDeps {
  readonly mode: Exclude<AuditMode, "off">;
  readonly log: Log;
  readonly timers: Timers;
  /** Called for each dropped record. */
  readonly dropped: () => void;
}

/** An audit sink with the end of its last window. */
export interface AuditLog {
  readonly sink: AuditSink;
  /** Writes the number of dropped records now; called before the process exits. */
  readonly flush: () => void;
}

const WINDOW_MS = 1000;
/** Lines per window and consumer, for denied calls and again for other calls. */
const LINES_PER_WINDOW = 100;

/** The outcomes of mode `denied`. */
const DENIED: ReadonlySet<string> = new Set(["POLICY_DENIED", "PEER_DENIED", "BAD_AUTHORITY", "BAD_TOKEN"]);

/** The records of one consumer in the current window. */
interface Window {
  denied: number;
  other: number;
}

/** Creates the audit log. */
export function auditLog({ mode, log, timers, dropped }: AuditLogDeps): AuditLog {
  let windows = new Map<string, Window>();
  let cancel: () => void = () => undefined;
  const closeWindows = (): void => {
    cancel();
    for (const [consumer, { denied, other }] of windows) {
      const lost = { denied: lostOf(denied), other: lostOf(other) };
      if (lost.denied + lost.other > 0) log("audit_dropped", { consumer, ...lost });
    }
    windows = new Map();
  };
  const windowOf = (consumer: string): Window => {
    // The first record after a quiet time starts the window of all consumers.
    if (windows.size === 0) cancel = timers.after(WINDOW_MS, closeWindows);
    let window = windows.get(consumer);
    if (window === undefined) windows.set(consumer, (window = { denied: 0, other: 0 }));
    return window;
  };
  return {
    sink: (record) => {
      const isDenied = DENIED.has(record.outcome);
      if (mode === "denied" && !isDenied) return;
      const window = windowOf(record.consumer);
      const lines = isDenied ? (window.denied += 1) : (window.other += 1);
      if (lines > LINES_PER_WINDOW) dropped();
      else write(log, record);
    },
    flush: closeWindows,
  };
}

function lostOf(records: number): number {
  return Math.max(0, records - LINES_PER_WINDOW);
}

function write(log: Log, record: AuditRecord): void {
  log(record.method === "Watch" ? "audit_watch" : "audit_read", {
    consumer: record.consumer,
    peer: record.peer,
    method: record.method,
    namespace: cutField(record.namespace),
    names: cutField(record.names.join(",")),
    keys: cutField(record.keys.join(",")),
    labelSelector: cutField(record.labelSelector),
    revision: record.revision,
    outcome: record.outcome,
    trace_id: record.traceId,
  });
}
