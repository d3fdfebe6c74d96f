/**
 * An OpenTelemetry SDK as an operator would load it: `node --import register.js podkey.js`. Appends each span that ends
 * to the file SPANS_FILE, one JSON line each, for tests to read.
 */
import { appendFileSync } from "node:fs";
import { env } from "node:process";
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

/** What a test asks of a span. */
function lineOf(span) {
  const { name, kind, attributes, links, parentSpanContext, status } = span;
  const linked = links.map(({ context }) => context.spanId);
  const { traceId, spanId } = span.spanContext();
  return {
    name,
    kind,
    attributes,
    linked,
    parent: parentSpanContext?.spanId,
    status: status.code,
    traceId,
    spanId,
  };
}

const exporter = {
  export(spans, done) {
    for (const span of spans) appendFileSync(env.SPANS_FILE, `${JSON.stringify(lineOf(span))}\n`);
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};

trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);
