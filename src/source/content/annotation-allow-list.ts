/**
 * Which annotations are served: `podkey.dev/*` and those that the operator adds. Tools copy whole objects, values
 * included, into annotations of their own, so all others are dropped. The two best known of these are never served.
 */
import { globMatches } from "../../core/select/glob.ts";
import type { LifetimePrefix } from "../../core/credential/lifetime.ts";
import { LIFETIME_NAMES, OWN_PREFIX } from "../../core/credential/lifetime.ts";

/** The operator's settings for annotations. */
export interface AnnotationOptions extends LifetimePrefix {
  /** `--annotation`: more names to serve. `*` matches any characters, as in `example.io/*`. */
  readonly annotations: readonly string[];
}

/** They hold the Secret's values in plain base64. No option can serve them. */
const REFUSED: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "kapp.k14s.io/original",
]);

/** They link the parts of an oversized credential. Clients do not need them, and `part-sha256` is a digest of values. */
const PART_PREFIX = `${OWN_PREFIX}part-`;

/** Whether an annotation of this name is served. */
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
