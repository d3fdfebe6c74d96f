/**
 * Spans with OpenTelemetry's API and its semantic conventions for RPC: one per call, one per change of the source, and a link
 * from a call to the change that created the served revision. Spans contain no names of credentials, keys or selectors.
 * Loaded only if an SDK is loaded.
 */
import type { Attributes, Link, SpanContext } from "@opentelemetry/api";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import type { Metadata } from "@grpc/grpc-js";
import { parseTraceParent } from "../../rpc/observe/traceparent.ts";
import type { CallSpan, CallTracer } from "../../rpc/call/call-tracer.ts";
import type { Connection } from "../../rpc/consumer/connection.ts";
import type { GrpcCode, MethodLabels } from "../../rpc/observe/rpc-metrics.ts";
import type { ServedRevision } from "../../store/store.ts";
import type { Tracing } from "./tracing.ts";

/** The last change of each consumer's view. */
type LastChanges = Map<string, { readonly revision: number; readonly span: SpanContext }>;

/** Tracing with the tracer of the registered SDK. */
export function createTracing(version: string): Tracing {
  const tracer = trace.getTracer("podkey", version);
  const lastChanges: LastChanges = new Map();
  return {
    calls: createCallTracer(lastChanges, version),
    changeServed(seconds, revisions) {
      const span = tracer.startSpan("podkey.source.change", {
        kind: SpanKind.CONSUMER,
        startTime: Date.now() - seconds * 1000,
        attributes: { "podkey.revisions": revisions.map(revisionText) },
      });
      for (const { consumer, revision } of revisions)
        lastChanges.set(consumer, { revision, span: span.spanContext() });
      span.end();
    },
  };
}

function revisionText({ consumer, revision }: ServedRevision): string {
  return `${consumer}=${String(revision)}`;
}

function createCallTracer(lastChanges: LastChanges, version: string): CallTracer {
  const tracer = trace.getTracer("podkey", version);
  return {
    start({ service, method }: MethodLabels, metadata: Metadata): CallSpan {
      const name = `${service}/${method}`;
      const attributes = { "rpc.system.name": "grpc", "rpc.method": name };
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parentOf(metadata));
      return {
        traceId: span.spanContext().traceId,
        end(code, reason, connection) {
          span.setAttributes({
            "rpc.response.status_code": STATUS_CODE[code],
            ...outcomeOf(code, reason, connection),
          });
          if (SERVER_FAULTS.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
          const link = linkTo(lastChanges, connection);
          if (link !== undefined) span.addLink(link);
          span.end();
        },
      };
    },
  };
}

/** The caller's span. Parsed here, because the SDK may not have a propagator for it. */
function parentOf(metadata: Metadata): typeof ROOT_CONTEXT {
  const [header] = metadata.get("traceparent");
  const parent = typeof header === "string" ? parseTraceParent(header) : undefined;
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = parent;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function outcomeOf(code: GrpcCode, reason: string, connection: Connection | undefined): Attributes {
  const view = connection?.served.view;
  const revision = view?.current()?.number;
  return {
    ...(code !== "OK" && { "error.type": reason }),
    ...(view !== undefined && { "podkey.consumer": view.consumer }),
    ...(revision !== undefined && { "podkey.revision": revision }),
  };
}

function linkTo(lastChanges: LastChanges, connection: Connection | undefined): Link | undefined {
  const view = connection?.served.view;
  const last = view === undefined ? undefined : lastChanges.get(view.consumer);
  // A first list or a new policy creates revisions without a change of the source.
  return last !== undefined && last.revision === view?.current()?.number ? { context: last.span } : undefined;
}

/** The codes that the conventions classify as server errors. */
const SERVER_FAULTS: ReadonlySet<GrpcCode> = new Set([
  "Unknown",
  "DeadlineExceeded",
  "Internal",
  "Unavailable",
]);

const STATUS_CODE: Readonly<Record<GrpcCode, string>> = {
  OK: "OK",
  Canceled: "CANCELLED",
  Unknown: "UNKNOWN",
  InvalidArgument: "INVALID_ARGUMENT",
  DeadlineExceeded: "DEADLINE_EXCEEDED",
  NotFound: "NOT_FOUND",
  PermissionDenied: "PERMISSION_DENIED",
  ResourceExhausted: "RESOURCE_EXHAUSTED",
  Aborted: "ABORTED",
  OutOfRange: "OUT_OF_RANGE",
  Internal: "INTERNAL",
  Unavailable: "UNAVAILABLE",
  Unauthenticated: "UNAUTHENTICATED",
};
