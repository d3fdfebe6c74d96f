/**
 * What can be wrong with the parts of a credential, in words. The parts themselves are not named: a consumer that may
 * read the whole need not know of other Secrets. Made by `part-sets.ts`; listed in docs/problems.md like every problem.
 */
import type { Problem } from "../credential/problem.ts";

/** More indices would hide the sentence. */
const SHOWN = 5;

/** Parts that are missing, or a place that two different Secrets claim. */
export function incompleteSet(
  what: { readonly missing: readonly number[]; readonly count: number } | { readonly twice: number },
): Problem {
  const message =
    "twice" in what
      ? `Two different Secrets say that they are part ${String(what.twice)}; delete the one that is wrong.`
      : `Of ${String(what.count)} parts ${indices(what.missing)}; it is served once all are there.`;
  return about("PARTS_INCOMPLETE", message);
}

/** Parts beside the complete set that is served. */
export function extraParts(): Problem {
  return about(
    "PARTS_EXTRA",
    "There are parts that belong to no complete set; delete what an earlier rotation left.",
  );
}

/** A Secret of the whole's own name, which is served in its place. */
export function duplicateName(): Problem {
  return about(
    "DUPLICATE_NAME",
    "Other Secrets say that they are parts of this name; this Secret is served, they are not.",
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
