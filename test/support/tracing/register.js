/**
 * An OpenTelemetry SDK for tests, loaded with `node --import register.js podkey.js`. Appends each ended span to the file SPANS_FILE
 * as a line of JSON.
 */
import { appendFileSync } from "node:fs";
import { env } from "node:process";
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

/** The tested facts of a span. */
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
