/**
 * Explains an empty selection: the Secrets that the selector nearly matches, and why each does not match. Usually a label is
 * misspelt or has another value. Pure.
 */
import { nearestOf } from "../../config/value/did-you-mean.ts";
import type { Requirement, Selector } from "../../core/select/selector.ts";
import { selectorMatches } from "../../core/select/compiled-selector.ts";

/** The fields of a Secret that a selector uses. */
export interface LabelledSecret {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const SHOWN = 3;

/**
 * @returns One sentence, without a full stop: `nearly matches: shop/db (podkey.dev/serve is "True" there)`; undefined
 *   where no Secret is near.
 */
export function nearMisses(selector: Selector, secrets: readonly LabelledSecret[]): string | undefined {
  const near = secrets.flatMap((secret) => {
    const unmet = selector.requirements.filter(
      (requirement) => !selectorMatches({ requirements: [requirement] }, secret.labels),
    );
    const reasons = unmet.map((requirement) => explain(requirement, secret.labels));
    const known = reasons.filter((reason) => reason !== undefined);
    return known.length > 0 && known.length === unmet.length
      ? [`${secret.namespace}/${secret.name} (${known.join(", ")})`]
      : [];
  });
  if (near.length === 0) return undefined;
  const more = near.length > SHOWN ? ` and ${String(near.length - SHOWN)} more` : "";
  return `nearly matches: ${near.slice(0, SHOWN).join(", ")}${more}`;
}

/** Why a requirement is not met; undefined if no similar label exists. */
function explain({ op, label }: Requirement, labels: StringMap): string | undefined {
  const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
  if (value !== undefined) return `${label} is "${value}" there`;
  if (op === "absent" || op === "notin") return undefined;
  const other = similarLabel(label, Object.keys(labels));
  return other === undefined ? undefined : `it has ${other}, not ${label}`;
}

type StringMap = Readonly<Record<string, string>>;

/** A similar name, or the same name with another prefix. */
function similarLabel(label: string, names: readonly string[]): string | undefined {
  const bare = label.slice(label.indexOf("/") + 1);
  return nearestOf(label, names) ?? names.find((name) => name.slice(name.indexOf("/") + 1) === bare);
}
