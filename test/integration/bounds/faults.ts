/** The kinds of fault of the recovery bounds, and their sequence. Used by the fast tests and the complete run. */
import type { Recovery } from "./measure-recovery.ts";
import type { Fault } from "./virtual-server.ts";

/** After these a watch from the last version delivers everything: one request per scope. */
export const RESUMED: readonly Fault[] = [
  "unreachable",
  "reset",
  "server",
  "throttled",
  "unauthorized",
  "forbidden",
  "tls",
  "configuration",
  "dead-connection",
  "timeout",
  "hold",
  "swallow",
];

/** After these a scope needs a list too. */
export const LISTED: readonly Fault[] = ["expired", "version-too-large", "malformed", "end", "tear"];

/** Time to recover after a fault of up to 5 s, in milliseconds. */
export const BOUND_MS = 7_000;

/** A short pause: the backoff and the request limit still have state from the fault before. */
export const close: Recovery["shape"] = (random) => ({
  calmMs: 6_000 + random() * 15_000,
  lastsMs: 1 + random() * 4_999,
});

/** A pause that is long enough to reset this state. */
export const apart: Recovery["shape"] = (random) => ({
  calmMs: 130_000 + random() * 20_000,
  lastsMs: 1 + random() * 4_999,
});
