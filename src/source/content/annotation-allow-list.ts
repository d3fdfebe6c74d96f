/**
 * Which annotations are served: `podkey.dev/*` and what the operator adds. Everything else stays outside, because
 * tools copy the whole object, values included, into annotations of their own; the two best known of these are
 * refused whatever the operator says.
 */
import { globMatches } from "../../core/select/glob.ts";
import type { LifetimePrefix } from "../../core/credential/lifetime.ts";
import { LIFETIME_NAMES, OWN_PREFIX } from "../../core/credential/lifetime.ts";

/** What the operator says about annotations. */
export interface AnnotationOptions extends LifetimePrefix {
  /** `--annotation`: further names to serve, `*` for any run of characters, mostly `example.io/*`. */
  readonly annotations: readonly string[];
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
