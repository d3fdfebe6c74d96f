/**
 * Explains a field of `consumers`, as in `podkey config explain consumers.allow.names`, with the texts of the JSON Schema.
 * Loaded on demand, because it needs zod.
 */
import type { JsonSchemaFragment, Parsed } from "../value/codec.ts";
import { accepted, refused } from "../value/codec.ts";
import { nearestOf } from "../value/did-you-mean.ts";
import { fileJsonSchema } from "./json-schema.ts";

/** The used fields of a schema node. */
interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** Whether the name is a path in `consumers`. */
export function isConsumerPath(name: string): boolean {
  return /^consumers(?:$|[.[])/.test(name);
}

/** Explains a field by its path, with or without indices: `consumers[0].allow.names`. */
export function explainConsumerField(name: string): Parsed<string> {
  const [, ...steps] = name.replaceAll(/\[\d*\]/g, "").split(".");
  let node: SchemaNode | undefined = consumersNode();
  let path = "consumers";
  let isRequired = false;
  for (const step of steps) {
    const holder = objectOf(node);
    const next: SchemaNode | undefined = holder?.properties?.[step];
    if (next === undefined) return refused(unknownField(name, path, Object.keys(holder?.properties ?? {})));
    isRequired = holder?.required?.includes(step) === true;
    path = `${path}${node?.type === "array" ? "[]" : ""}.${step}`;
    node = next;
  }
  const fields = Object.keys(objectOf(node)?.properties ?? {});
  const lines = [
    `${["consumers", ...steps].join(".")}: ${node?.description ?? ""}`,
    "",
    `file:      ${path}`,
    ...(steps.length === 0 ? [] : [`required:  ${isRequired ? "yes" : "no"}`]),
    ...(fields.length === 0 ? [] : [`fields:    ${fields.join(", ")}`]),
  ];
  return accepted(`${lines.join("\n")}\n`);
}

function consumersNode(): SchemaNode | undefined {
  const { properties } = fileJsonSchema() as JsonSchemaFragment & SchemaNode;
  return properties?.["consumers"];
}

/** The object that has the fields: the node itself, or the items of a list. */
function objectOf(node: SchemaNode | undefined): SchemaNode | undefined {
  return node?.items ?? node;
}

function unknownField(name: string, path: string, known: readonly string[]): string {
  const nearest = nearestOf(name.split(".").at(-1) ?? name, known);
  const fields = known.length === 0 ? "it has no fields" : `its fields are ${known.join(", ")}`;
  return `${name} is not a field of the configuration; ${nearest === undefined ? `of ${path}, ${fields}` : `did you mean ${path}.${nearest}?`}`;
}
