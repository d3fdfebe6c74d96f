/**
 * Which objects a list or watch selects: namespace, label selector, field selector. Written apart from src/core on
 * purpose: a fake that shared the product's parser would share its mistakes.
 */
import type { KubeObject } from "./kube-object.ts";
import { badRequest } from "./status.ts";

/** A parsed selection. */
export interface Selection {
  matches(object: KubeObject): boolean;
  /** The name that `metadata.name=NAME` pins; RBAC with resourceNames compares it. */
  readonly name: string | undefined;
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * Parses a selection.
 * @throws ApiError 400 with the real server's wording where a selector is not understood.
 */
export function parseSelection(namespace: string | undefined, query: URLSearchParams): Selection {
  const labelTests = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
  return {
    name: fields.get("metadata.name"),
    matches: ({ metadata }) =>
      (namespace === undefined || metadata.namespace === namespace) &&
      (fields.get("metadata.name") ?? metadata.name) === metadata.name &&
      (fields.get("metadata.namespace") ?? metadata.namespace) === metadata.namespace &&
      labelTests.every((test) => test(metadata.labels ?? {})),
  };
}

function parseFieldSelector(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const term of text.split(",").filter((part) => part !== "")) {
    const [field = "", value = ""] = term.split(/==?/);
    if (field !== "metadata.name" && field !== "metadata.namespace") {
      throw badRequest(`field label not supported: ${field}`);
    }
    fields.set(field, value);
  }
  return fields;
}

function parseLabelSelector(text: string): readonly LabelTest[] {
  // A comma inside parentheses separates values, outside it separates requirements.
  const terms = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return terms.map((term) => parseRequirement(term.trim()));
}

function parseRequirement(term: string): LabelTest {
  const set = /^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, label = "", operator, list = ""] = set;
    const values = new Set(list.split(",").map((value) => value.trim()));
    return (labels) => values.has(labels[label] ?? "\0") === (operator === "in");
  }
  const equality = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(term);
  if (equality !== null) {
    const [, label = "", operator, value] = equality;
    return (labels) => (labels[label] === value) === (operator !== "!=");
  }
  const existence = /^(!?)\s*([\w./-]+)$/.exec(term);
  if (existence === null) throw badRequest("unable to parse requirement: found '=', expected: identifier");
  const [, not, label = ""] = existence;
  return (labels) => Object.hasOwn(labels, label) === (not === "");
}
