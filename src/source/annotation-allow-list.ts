/**
 * Which annotations are served: `podkey.dev/*` and what the operator adds. Everything else stays outside, because
 * tools copy the whole object, values included, into annotations of their own; the two best known of these are
 * refused whatever the operator says.
 */
import { globMatches } from "../core/glob.ts";

/** Prefix of podkey's own annotations. */
const OWN_PREFIX = "podkey.dev/";

/** The six annotations that speak of a credential's life; `--lifetime-prefix` adds a second prefix for them. */
export const LIFETIME_NAMES = [
  "description",
  "expires-at",
  "next-rotation",
  "previous-for",
  "rotated-at",
  "rotation-policy",
] as const;

/** One of the six, without its prefix. */
export type LifetimeName = (typeof LIFETIME_NAMES)[number];

/** What the operator says about annotations. */
export interface AnnotationOptions {
  /** `--annotation`: further names to serve, `*` for any run of characters, mostly `example.io/*`. */
  readonly annotations: readonly string[];
  /** `--lifetime-prefix`: a second prefix, slash included, for the six lifetime annotations. */
  readonly lifetimePrefix?: string | undefined;
}

/** They hold the Secret's values in plain base64: no option lets them pass. */
const REFUSED: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "kapp.k14s.io/original",
]);

/** How parts of an oversized credential find each other; of no use to a client, and `part-sha256` is a digest of values. */
const PART_PREFIX = `${OWN_PREFIX}part-`;

/** Whether an annotation of this name may leave the source. */
export function isServedAnnotation(name: string, options: AnnotationOptions): boolean {
  if (REFUSED.has(name) || name.startsWith(PART_PREFIX)) return false;
  return (
    name.startsWith(OWN_PREFIX) ||
    options.annotations.some((pattern) => globMatches(pattern, name)) ||
    LIFETIME_NAMES.some(
      (lifetime) => options.lifetimePrefix !== undefined && name === options.lifetimePrefix + lifetime,
    )
  );
}

/** A lifetime annotation under podkey's own prefix, else under the operator's second one. */
export function lifetimeAnnotation(
  annotations: Readonly<Record<string, string>>,
  name: LifetimeName,
  options: AnnotationOptions,
): string | undefined {
  const own = annotations[OWN_PREFIX + name];
  if (own !== undefined || options.lifetimePrefix === undefined) return own;
  return annotations[options.lifetimePrefix + name];
}
