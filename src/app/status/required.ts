/**
 * `--require`: the credentials that must exist before podkey has started. Pure. Checked at every change during the start, and
 * at each scrape for `podkey_required_missing`.
 */
import { splitCredentialKey } from "../../core/credential/credential.ts";
import { globMatches } from "../../core/select/glob.ts";
import { servedEntries } from "../../core/snapshot/served.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Requirement } from "../../config/value/names.ts";
import { requirementCodec } from "../../config/value/names.ts";

/** The requirements that no credential matches, as the user wrote them. */
export function missingRequirements(
  requirements: readonly Requirement[],
  snapshot: Snapshot,
): readonly string[] {
  const open = new Set(requirements);
  if (open.size === 0) return [];
  for (const [key, { credential }] of servedEntries(snapshot)) {
    if (credential === undefined) continue;
    const { namespace, name } = splitCredentialKey(key);
    for (const requirement of open) {
      if (fulfils(requirement, { namespace, name, type: credential.type })) open.delete(requirement);
    }
    if (open.size === 0) break;
  }
  return [...open].map((requirement) => requirementCodec.format(requirement));
}

function fulfils(
  requirement: Requirement,
  found: { readonly namespace: string; readonly name: string; readonly type: string },
): boolean {
  if (requirement.kind === "type") return requirement.type === found.type;
  return (
    (requirement.namespace === undefined || requirement.namespace === found.namespace) &&
    globMatches(requirement.glob, found.name)
  );
}
