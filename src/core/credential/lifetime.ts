/**
 * The lifetime annotations of a credential: how long the previous data stays readable, and when the next rotation is due. Pure.
 * `view-fold.ts` applies the overlap; metrics and the log report rotations.
 */
import type { Credential, StringMap } from "./credential.ts";
import { parseDurationMs } from "../time/duration.ts";
import { parseRfc3339 } from "../time/rfc3339.ts";

/** Prefix of podkey's own annotations. */
export const OWN_PREFIX = "podkey.dev/";

/** The six lifetime annotations; `--lifetime-prefix` adds a second prefix for them. */
export const LIFETIME_NAMES = [
  "description",
  "expires-at",
  "next-rotation",
  "previous-for",
  "rotated-at",
  "rotation-policy",
] as const;

/** One of them, without its prefix. */
export type LifetimeName = (typeof LIFETIME_NAMES)[number];

/** The operator's settings for their names. */
export interface LifetimePrefix {
  /** `--lifetime-prefix`, slash included. */
  readonly lifetimePrefix?: string | undefined;
}

/** The overlap settings; milliseconds. */
export interface Lifetimes extends LifetimePrefix {
  /** 0: off. */
  readonly previousForMs: number;
  readonly previousMaxMs: number;
}

/** A lifetime annotation under podkey's prefix, or else under the operator's second prefix. */
export function lifetimeAnnotation(
  annotations: StringMap,
  name: LifetimeName,
  { lifetimePrefix }: LifetimePrefix,
): string | undefined {
  const own = annotations[OWN_PREFIX + name];
  if (own !== undefined || lifetimePrefix === undefined) return own;
  return annotations[lifetimePrefix + name];
}

/** Milliseconds for which the data that this credential replaced stays readable; 0 removes it at once. */
export function previousForMs(credential: Credential, lifetimes: Lifetimes): number {
  const text = lifetimeAnnotation(credential.annotations, "previous-for", lifetimes);
  const wanted = text === undefined ? undefined : parseDurationMs(text);
  // An invalid annotation counts as unset: the default is the documented behaviour, and the decoder reports it.
  return Math.min(wanted ?? lifetimes.previousForMs, lifetimes.previousMaxMs);
}

/** When the next rotation is due, in milliseconds since the epoch; undefined without an annotation. */
export function nextRotationMs(credential: Credential, prefix: LifetimePrefix): number | undefined {
  const text = lifetimeAnnotation(credential.annotations, "next-rotation", prefix);
  return text === undefined ? undefined : parseRfc3339(text);
}
