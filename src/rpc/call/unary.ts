/**
 * Around every unary method: who calls, whether it may, metrics, audit, and the one way from a thrown value to a status.
 * A handler that answers at once (the ordinary case) costs no promise, and nothing a handler throws or rejects with can
 * get past here.
 */
import type { PodkeyError } from "../../core/errors/errors.ts";
import type { Connection, IncomingCall } from "../consumer/connection.ts";
import type { CallSpan } from "./call-tracer.ts";
import { traceIdOf } from "./call-tracer.ts";
import type { Reply } from "../codec/reply.ts";
import type { ReadRequest } from "../request/request-decoder.ts";
import { requireRead } from "../request/request-decoder.ts";
import type { GrpcCode, MethodLabels } from "../observe/rpc-metrics.ts";
import type { StatusError } from "./status.ts";
import { statusOf, toPodkeyError } from "./status.ts";
import { CALL_ENDED } from "../consumer/wait.ts";
import type { WaitingCall } from "../consumer/wait.ts";
import type { AuditedRequest, CallDeps } from "./call-deps.ts";
import { askedOf, quietly, recordCall, shuttingDown } from "./call-deps.ts";
import { GRPC_CODE, cancelledGrpcCode } from "../observe/grpc-code.ts";

/** One unary method. */
export interface UnaryMethod<Request> {
  readonly labels: Omit<MethodLabels, "type">;
  /** Answers, now or later; throws or rejects with PodkeyError. */
  readonly handle: (connection: Connection, request: Request, call: WaitingCall) => Reply | Promise<Reply>;
  /** For reads of credentials: counted in `podkey_reads_total` and audited under this name. */
  readonly read?: { readonly method: "Get" | "List"; readonly asked: (request: Request) => AuditedRequest };
  /** Whether it still answers while podkey drains (health does). Default false. */
  readonly worksWhileDraining?: boolean;
}

/** A call as this file sees it: grpc-js's, or the direct path's. */
export interface UnaryCall<Request> extends IncomingCall, WaitingCall {
  readonly request: ReadRequest<Request>;
}

/** A method as grpc-js wants it, and as the direct path does. */
export type UnaryHandler<Request> = (
  call: UnaryCall<Request>,
  callback: (error: StatusError | null, reply?: Reply) => void,
) => void;

/** See the file comment. */
export function unary<Request>(deps: CallDeps, method: UnaryMethod<Request>): UnaryHandler<Request> {
  const labels = { type: "unary", ...method.labels } as const;
  const metrics = deps.metrics.method(labels);
  return (call, callback) => {
    const startedMs = deps.clock.nowMs();
    metrics.started();
    metrics.received();
    const span = deps.tracer?.start(labels, call.metadata);
    let connection: Connection | undefined;
    const settle = (code: GrpcCode, outcome: Outcome): void =>
      quietly(deps, () => {
        span?.end(code, outcome, connection);
        account(deps, method, connection, call, { outcome, span });
      });
    const succeed = (reply: Reply): void => {
      metrics.sent();
      metrics.handled("OK", (deps.clock.nowMs() - startedMs) / 1000);
      callback(null, reply);
      settle("OK", "ok");
    };
    const fail = (thrown: unknown): void => {
      const seconds = (deps.clock.nowMs() - startedMs) / 1000;
      if (thrown === CALL_ENDED) {
        const code = cancelledGrpcCode(call.getDeadline(), deps.clock.wallMs());
        metrics.handled(code, seconds);
        settle(code, "cancelled");
        return;
      }
      const error = toPodkeyError(thrown, deps.log);
      metrics.handled(GRPC_CODE[error.facts.code], seconds);
      callback(statusOf(error));
      settle(GRPC_CODE[error.facts.code], error.reason);
    };
    let answer: Reply | Promise<Reply>;
    try {
      connection = deps.connections.of(call);
      connection.check(call);
      if (deps.isDraining() && method.worksWhileDraining !== true) throw shuttingDown();
      answer = method.handle(connection, requireRead(call.request), call);
    } catch (thrown) {
      fail(thrown);
      return;
    }
    if (answer instanceof Promise)
      // The second catch is for grpc-js itself: a rejection that nobody takes would end the process.
      answer.then(succeed, fail).catch((thrown: unknown) => void toPodkeyError(thrown, deps.log));
    else succeed(answer);
  };
}

type Outcome = "ok" | "cancelled" | PodkeyError["reason"];

function account<Request>(
  deps: CallDeps,
  method: UnaryMethod<Request>,
  connection: Connection | undefined,
  call: UnaryCall<Request>,
  { outcome, span }: { readonly outcome: Outcome; readonly span: CallSpan | undefined },
): void {
  const { read } = method;
  if (read === undefined || connection === undefined) return;
  const { metrics } = connection.served;
  if (outcome !== "cancelled") metrics.read(read.method, outcome);
  if (outcome === "POLICY_DENIED") metrics.denied();
  if (outcome === "TOO_MANY_WAITERS") metrics.rejected("waiters");
  if (deps.audit === undefined) return;
  const traceId = traceIdOf(span, call.metadata);
  recordCall(deps, connection, read.method, askedOf(call.request, read.asked), { outcome, traceId });
}
