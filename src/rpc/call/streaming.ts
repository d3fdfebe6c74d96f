/**
 * Around every streaming method: as unary.ts, with a place among the connection's streams that is given back exactly once
 * however the call ends. grpc-js tells `cancelled` at every end, also after a status of ours, so ending is idempotent.
 */
import type { PodkeyError } from "../../core/errors/errors.ts";
import { traceIdOf } from "./call-tracer.ts";
import type { Reply } from "../codec/reply.ts";
import { enterConnection } from "../consumer/connection.ts";
import type { Connection, IncomingCall } from "../consumer/connection.ts";
import type { GrpcCode, MethodLabels, MethodMetrics } from "../observe/rpc-metrics.ts";
import type { StatusError } from "./status.ts";
import { statusOf, toPodkeyError } from "./status.ts";
import type { CallDeps } from "./call-deps.ts";
import { quietly, shuttingDown } from "./call-deps.ts";
import { GRPC_CODE, cancelledGrpcCode } from "../observe/grpc-code.ts";

/** A streaming call as this file sees it: grpc-js's, of either kind, or the direct path's. */
export interface StreamingCall extends IncomingCall {
  getDeadline(): Date | number;
  once(event: "cancelled", listener: () => void): unknown;
  write(reply: Reply, taken: (error?: Error | null) => void): unknown;
  end(): unknown;
  emit(event: "error", error: StatusError): unknown;
  /** Ends the call without sending what is queued; absent where the transport cannot. */
  cut?(): void;
}

/** An open stream as its method sees it. */
export interface OpenStream {
  readonly connection: Connection;
  /** Sends a message; `taken` is called when the transport wants the next one. */
  readonly send: (reply: Reply, taken: () => void) => void;
  /** Ends the call: with an error, or well. Safe to call twice. */
  readonly end: (error: PodkeyError | undefined) => void;
  /** Ends the call with an error and without sending the rest of the messages handed over. Safe to call twice. */
  readonly cut: (error: PodkeyError) => void;
  /** Ends the call because something was thrown that nobody else catches. */
  readonly fail: (thrown: unknown) => void;
}

/** How a stream ended. */
export type StreamEnd = "ok" | "cancelled" | PodkeyError["reason"];

/** The end of a stream and the trace it belonged to. */
export interface EndedStream {
  readonly outcome: StreamEnd;
  /** Undefined where the caller named none. */
  readonly traceId: () => string | undefined;
}

/** One streaming method. */
export interface StreamingMethod<Call> {
  readonly labels: MethodLabels;
  /** Starts the stream; returns what to do when it is over, however that came. @throws PodkeyError. */
  readonly open: (stream: OpenStream, call: Call) => () => void;
  /** Told of every end, also of a call that was never opened. */
  readonly ended?: (connection: Connection | undefined, call: Call, end: EndedStream) => void;
  readonly worksWhileDraining?: boolean;
}

/** The method as grpc-js wants it. */
export function streaming<Call extends StreamingCall>(
  deps: CallDeps,
  method: StreamingMethod<Call>,
): (call: Call) => void {
  const metrics = deps.metrics.method(method.labels);
  return (call) => {
    metrics.started();
    if (method.labels.type === "server_stream") metrics.received();
    const span = deps.tracer?.start(method.labels, call.metadata);
    let connection: Connection | undefined;
    let hasPlace = false;
    let isOver = false;
    let close: (() => void) | undefined;
    const finish = (code: GrpcCode, outcome: StreamEnd): boolean => {
      if (isOver) return false;
      isOver = true;
      metrics.handled(code, undefined);
      if (connection !== undefined && hasPlace) connection.streams -= 1;
      deps.streams.delete(end);
      quietly(deps, () => close?.());
      quietly(deps, () => {
        span?.end(code, outcome, connection);
        method.ended?.(connection, call, { outcome, traceId: () => traceIdOf(span, call.metadata) });
      });
      return true;
    };
    const end = (error: PodkeyError | undefined): void => {
      if (!finish(error === undefined ? "OK" : GRPC_CODE[error.facts.code], error?.reason ?? "ok")) return;
      if (error === undefined) call.end();
      else call.emit("error", statusOf(error));
    };
    const cut = (error: PodkeyError): void => {
      if (call.cut === undefined) end(error);
      else if (finish(GRPC_CODE[error.facts.code], error.reason)) call.cut();
    };
    const fail = (thrown: unknown): void => end(toPodkeyError(thrown, deps.log));
    call.once("cancelled", () =>
      finish(cancelledGrpcCode(call.getDeadline(), deps.clock.wallMs()), "cancelled"),
    );
    try {
      connection = deps.connections.of(call);
      connection.check(call);
      if (deps.isDraining() && method.worksWhileDraining !== true) throw shuttingDown();
      enterConnection(connection);
      hasPlace = true;
      deps.streams.add(end, connection.served);
      const opened = method.open({ connection, send: sender(call, metrics), end, cut, fail }, call);
      // It may have been ended from within: then nobody else will clean up.
      if (isOverNow()) opened();
      else close = opened;
    } catch (thrown) {
      fail(thrown);
    }

    function isOverNow(): boolean {
      return isOver;
    }
  };
}

function sender(call: StreamingCall, metrics: MethodMetrics): (reply: Reply, taken: () => void) => void {
  return (reply, taken) => {
    metrics.sent();
    call.write(reply, (error?: Error | null) => {
      if (error === null || error === undefined) taken();
    });
  };
}
