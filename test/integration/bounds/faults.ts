/** The kinds of fault of the recovery bounds, and how they follow each other. Used by the fast tests and the whole run. */
import type { Recovery } from "./measure-recovery.ts";
import type { Fault } from "./virtual-server.ts";

/** After these a watch from the last version brings everything: one request a scope. */
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

/** Right again so soon after a fault of up to 5 s, in milliseconds. */
export const BOUND_MS = 7_000;

/** So little calm that the trouble is just over: the backoff and the request limit remember the fault before. */
export const close: Recovery["shape"] = (random) => ({
  calmMs: 6_000 + random() * 15_000,
  lastsMs: 1 + random() * 4_999,
});

/** Calm enough to forget. */
export const apart: Recovery["shape"] = (random) => ({
  calmMs: 130_000 + random() * 20_000,
  lastsMs: 1 + random() * 4_999,
});
