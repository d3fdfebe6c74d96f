/**
 * Tracing as RPC sees it, as a port: implemented by telemetry where an OpenTelemetry SDK is loaded beside podkey, absent
 * otherwise, so that a call without tracing pays for one comparison.
 */
import type { Metadata } from "@grpc/grpc-js";
import { parseTraceParent } from "../observe/traceparent.ts";
import type { Connection } from "../consumer/connection.ts";
import type { GrpcCode, MethodLabels } from "../observe/rpc-metrics.ts";

/** Makes a span of each call. */
export interface CallTracer {
  /** A call begins; its metadata may name the trace that it belongs to. */
  start(method: MethodLabels, metadata: Metadata): CallSpan;
}

/** The span of one call. */
export interface CallSpan {
  /** For log lines about the call. */
  readonly traceId: string;
  /** The call ended. `connection` is undefined where it was refused before it was known. */
  end(code: GrpcCode, reason: string, connection: Connection | undefined): void;
}

/** The trace that a call belongs to: its span's, else what the caller said; undefined where nobody traces. */
export function traceIdOf(span: CallSpan | undefined, metadata: Metadata): string | undefined {
  if (span !== undefined) return span.traceId;
  const [header] = metadata.get("traceparent");
  return typeof header === "string" ? parseTraceParent(header)?.traceId : undefined;
}
