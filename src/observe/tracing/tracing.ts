/**
 * Tracing of calls and of changes of the source. Implemented by otel-tracing.ts.
 */
import type { ServedRevision } from "../../store/store.ts";
import type { CallTracer } from "../../rpc/call/call-tracer.ts";

/** Records spans. */
export interface Tracing {
  readonly calls: CallTracer;
  /** A change is in every view, `seconds` after it arrived from the source. */
  readonly changeServed: (seconds: number, revisions: readonly ServedRevision[]) => void;
}
