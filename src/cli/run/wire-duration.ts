/**
 * A duration as protobuf sends it. Used for --max-age and --timeout of the client commands.
 */

/** Whole seconds and the rest in nanoseconds. */
export function toWireDuration(ms: number): { readonly seconds: string; readonly nanos: number } {
  return { seconds: String(Math.floor(ms / 1000)), nanos: Math.round((ms % 1000) * 1e6) };
}
