/**
 * What podkey traces: calls, and changes of the source. Implemented by otel-tracing.ts where an OpenTelemetry SDK is loaded.
 */
import type { ServedRevision } from "../../store/store.ts";
import type { CallTracer } from "../../rpc/call/call-tracer.ts";

/** What is traced. */
export interface Tracing {
  readonly calls: CallTracer;
  /** A change came from the source and is in every view: `seconds` after it came. */
  readonly changeServed: (seconds: number, revisions: readonly ServedRevision[]) => void;
}
