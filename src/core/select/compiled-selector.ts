/**
 * A selector prepared for matching many credentials: its requirements merged to one condition for each label. A match
 * costs one look-up for each label of the credential, whatever the number of requirements. Pure.
 */
import type { StringMap } from "../credential/credential.ts";
import type { Requirement, Selector } from "./selector.ts";

/** All requirements on one label. */
interface Condition {
  /** The label has to be there. */
  isRequired: boolean;
  /** The label must not be there. */
  isForbidden: boolean;
  /** Values allowed by every `in`; undefined: any. */
  allowed: ReadonlySet<string> | undefined;
  /** Values excluded by a `notin`. */
  readonly excluded: Set<string>;
}

interface Compiled {
  readonly conditions: ReadonlyMap<string, Condition>;
  /** How many conditions require their label. */
  readonly requiredLabels: number;
}

const compiledBySelector = new WeakMap<Selector, Compiled>();

/** Whether labels satisfy every requirement. The selector is compiled at its first use. */
export function selectorMatches(selector: Selector, labels: StringMap): boolean {
  let compiled = compiledBySelector.get(selector);
  if (compiled === undefined) {
    compiled = compile(selector);
    compiledBySelector.set(selector, compiled);
  }
  if (compiled.conditions.size === 0) return true;
  let met = 0;
  for (const label of Object.keys(labels)) {
    const condition = compiled.conditions.get(label);
    if (condition === undefined) continue;
    if (!holds(condition, labels[label] ?? "")) return false;
    if (condition.isRequired) met += 1;
  }
  return met === compiled.requiredLabels;
}

function compile({ requirements }: Selector): Compiled {
  const conditions = new Map<string, Condition>();
  for (const requirement of requirements) {
    const { label } = requirement;
    let condition = conditions.get(label);
    if (condition === undefined) {
      condition = { isRequired: false, isForbidden: false, allowed: undefined, excluded: new Set() };
      conditions.set(label, condition);
    }
    add(condition, requirement);
  }
  const requiredLabels = [...conditions.values()].filter(({ isRequired }) => isRequired).length;
  return { conditions, requiredLabels };
}

function add(condition: Condition, requirement: Requirement): void {
  if (requirement.op === "absent") condition.isForbidden = true;
  else if (requirement.op === "notin") for (const value of requirement.values) condition.excluded.add(value);
  else condition.isRequired = true;
  if (requirement.op === "in")
    condition.allowed = condition.allowed?.intersection(requirement.values) ?? requirement.values;
}

function holds({ isForbidden, allowed, excluded }: Condition, value: string): boolean {
  return !isForbidden && !excluded.has(value) && (allowed?.has(value) ?? true);
}
