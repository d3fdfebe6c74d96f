/**
 * Tracing is on where somebody has loaded an OpenTelemetry SDK into the process (`node --import ./tracing.mjs
 * podkey.js`), and costs nothing where nobody has: not even OpenTelemetry's API is loaded then. podkey brings no SDK and
 * exports nothing by itself.
 */
import type { Tracing } from "./tracing.ts";

/** Where every version 1 of OpenTelemetry's API keeps what was registered (opentelemetry-js, global-utils.ts). */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/** Undefined where no SDK has registered a tracer. */
export async function openTracing(version: string): Promise<Tracing | undefined> {
  const registered = (globalThis as { readonly [key: symbol]: { readonly trace?: unknown } | undefined })[
    REGISTRY
  ];
  if (registered?.trace === undefined) return undefined;
  const { createTracing } = await import("./otel-tracing.ts");
  return createTracing(version);
}
