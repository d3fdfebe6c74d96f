/**
 * The problems of a credential in parts. They do not name the parts: a consumer that may read the assembled credential may
 * not know other Secrets. docs/problems.md lists them.
 */
import type { Problem } from "../credential/problem.ts";

/** Missing indices that a message names. */
const SHOWN = 5;

/** Parts are missing, or two different Secrets have the same index. */
export function incompleteSet(
  what: { readonly missing: readonly number[]; readonly count: number } | { readonly twice: number },
): Problem {
  const message =
    "twice" in what
      ? `Two different Secrets have the index ${String(what.twice)}; delete the wrong one.`
      : `Of ${String(what.count)} parts, ${indices(what.missing)}; the credential is served once all parts exist.`;
  return about("PARTS_INCOMPLETE", message);
}

/** There are parts beside the complete set that is served. */
export function extraParts(): Problem {
  return about(
    "PARTS_EXTRA",
    "Some parts do not belong to a complete set; delete the parts of earlier rotations.",
  );
}

/** A Secret has the name of the assembled credential and is served in its place. */
export function duplicateName(): Problem {
  return about(
    "DUPLICATE_NAME",
    "Other Secrets are annotated as parts of this name; this Secret is served, and they are not.",
  );
}

function indices(missing: readonly number[]): string {
  const shown = missing.slice(0, SHOWN).join(", ");
  const more = missing.length > SHOWN ? ` and ${String(missing.length - SHOWN)} more` : "";
  return missing.length === 1 ? `number ${shown} is missing` : `numbers ${shown}${more} are missing`;
}

function about(reason: string, message: string): Problem {
  return { reason, key: "", keys: [], message, contentOutdated: false };
}
