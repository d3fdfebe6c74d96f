/**
 * Tracing is on if an OpenTelemetry SDK is loaded (`node --import FILE podkey.js`, where FILE registers the SDK). Otherwise not
 * even OpenTelemetry's API is loaded. podkey contains no SDK and exports nothing itself.
 */
import type { Tracing } from "./tracing.ts";

/** The registry of every OpenTelemetry API version 1 (`global-utils` in opentelemetry-js). */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/** Undefined if no SDK has registered a tracer. */
export async function openTracing(version: string): Promise<Tracing | undefined> {
  const registered = (globalThis as { readonly [key: symbol]: { readonly trace?: unknown } | undefined })[
    REGISTRY
  ];
  if (registered?.trace === undefined) return undefined;
  const { createTracing } = await import("./otel-tracing.ts");
  return createTracing(version);
}
