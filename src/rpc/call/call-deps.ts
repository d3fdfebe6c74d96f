/** What every method is wrapped with: who may call, and who is told. */
import type { Clock } from "../../core/time/clock.ts";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Log } from "../../log/events.ts";
import type { AuditRecord, AuditSink } from "../observe/audit.ts";
import type { CallTracer } from "./call-tracer.ts";
import type { Connection, Connections } from "../consumer/connection.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { ReadRequest } from "../request/request-decoder.ts";
import type { RpcMetrics } from "../observe/rpc-metrics.ts";
import { toPodkeyError } from "./status.ts";

/** Shared by all methods of a server. */
export interface CallDeps {
  readonly connections: Connections;
  readonly streams: OpenStreams;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RpcMetrics;
  /** Undefined: `--audit off`. */
  readonly audit: AuditSink | undefined;
  /** Undefined where nobody traces. */
  readonly tracer?: CallTracer | undefined;
  /** Whether new calls are turned away because podkey stops. */
  readonly isDraining: () => boolean;
}

/** What an audit record says of a request. */
export type AuditedRequest = Pick<AuditRecord, "namespace" | "names" | "keys" | "labelSelector">;

/** What a request asked for; of one that cannot be read nothing is known. */
export function askedOf<Request>(
  request: ReadRequest<Request>,
  asked: (request: Request) => AuditedRequest,
): AuditedRequest {
  return request instanceof PodkeyError
    ? { namespace: "", names: [], keys: [], labelSelector: "" }
    : asked(request);
}

/** The end of every call that is open or comes while podkey stops. */
export function shuttingDown(): PodkeyError {
  return new PodkeyError(
    "SHUTTING_DOWN",
    "podkey is shutting down; reconnect to the same address and resume.",
  );
}

/** Runs book-keeping around a call: a fault of it is logged and can neither change the answer nor end the process. */
export function quietly(deps: CallDeps, task: () => void): void {
  try {
    task();
  } catch (thrown) {
    toPodkeyError(thrown, deps.log);
  }
}

/** Writes the audit record of a call that has ended. */
export function recordCall(
  deps: CallDeps,
  connection: Connection | undefined,
  method: AuditRecord["method"],
  asked: AuditedRequest,
  { outcome, traceId }: Pick<AuditRecord, "outcome" | "traceId">,
): void {
  if (deps.audit === undefined || connection === undefined) return;
  const { view } = connection.served;
  const revision = view.current()?.number;
  deps.audit({
    consumer: view.consumer,
    peer: connection.peer,
    method,
    ...asked,
    revision,
    outcome,
    traceId,
  });
}
