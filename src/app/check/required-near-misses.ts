/**
 * Explains why nothing matches an entry of `--require`: the Secret cannot be served, is not selected, is in another namespace,
 * or has a slightly different name or type. Pure.
 */
import { nearestOf } from "../../config/value/did-you-mean.ts";
import type { Requirement } from "../../config/value/names.ts";
import { requirementCodec } from "../../config/value/names.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import { globMatches } from "../../core/select/glob.ts";
import type { Selector } from "../../core/select/selector.ts";
import { servedEntries } from "../../core/snapshot/served.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { LabelledSecret } from "./near-misses.ts";
import { nearMisses } from "./near-misses.ts";

/** The existing Secrets. */
export interface Surroundings {
  readonly snapshot: Snapshot;
  /** All Secrets of the source that could be listed, selected or not. */
  readonly all: readonly LabelledSecret[];
  /** Undefined: everything is selected. */
  readonly selector: Selector | undefined;
}

/** One sentence without a full stop; undefined if there is no near miss. */
export function nearRequired(requirement: Requirement, around: Surroundings): string | undefined {
  const why =
    requirement.kind === "type" ? nearType(requirement.type, around) : nearName(requirement, around);
  return why === undefined ? undefined : `${requirementCodec.format(requirement)}: ${why}`;
}

function nearName(
  { namespace, glob }: Extract<Requirement, { readonly kind: "name" }>,
  { snapshot, all, selector }: Surroundings,
): string | undefined {
  const served = [...servedEntries(snapshot)].map(([key, entry]) => ({ ...splitCredentialKey(key), entry }));
  const inPlace = (at: { readonly namespace: string }): boolean =>
    namespace === undefined || namespace === at.namespace;
  const broken = served.find(({ name, ...at }) => inPlace(at) && globMatches(glob, name));
  if (broken !== undefined)
    return `${broken.namespace}/${broken.name} exists but cannot be served (${broken.entry.undecodable?.problem.reason ?? "no content"})`;
  const unselected = all.find(({ name, ...at }) => inPlace(at) && globMatches(glob, name));
  if (unselected !== undefined && selector !== undefined)
    return (
      nearMisses(selector, [unselected]) ??
      `${unselected.namespace}/${unselected.name} exists, but its labels do not match the selector`
    );
  const known = [...served, ...all];
  const elsewhere = known.find(({ name }) => globMatches(glob, name));
  if (elsewhere !== undefined) return `${elsewhere.namespace}/${elsewhere.name} is in another namespace`;
  const similar = nearestOf(glob, new Set(known.map(({ name }) => name)));
  return similar === undefined ? undefined : `did you mean ${similar}?`;
}

function nearType(type: string, { snapshot }: Surroundings): string | undefined {
  const types = new Set<string>();
  for (const [, { credential }] of servedEntries(snapshot))
    if (credential !== undefined) types.add(credential.type);
  // A frequent mistake is `tls` instead of `kubernetes.io/tls`.
  const similar = [...types].find((other) => other.endsWith(`/${type}`)) ?? nearestOf(type, types);
  return similar === undefined ? undefined : `did you mean type:${similar}?`;
}
