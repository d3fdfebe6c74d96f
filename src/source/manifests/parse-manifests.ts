/**
 * Parses a `.yaml`, `.yml` or `.json` file to Kubernetes objects with the lines of their fields. Reads as kubectl does:
 * several documents, `List`, and the booleans `yes`, `no`, `on`, `off` of YAML 1.1, so a file that works here works in a
 * cluster.
 */
import { isRecord } from "../content/record.ts";
import type { Document } from "yaml";
import { isNode, LineCounter, parseAllDocuments } from "yaml";
import { KUBECTL_YAML } from "../content/kubectl-yaml.ts";
import { yamlFault } from "../content/yaml-faults.ts";

/** Keys and indices from the root of an object. */
export type FieldPath = readonly (string | number)[];

/** One object of a file. */
export interface ManifestObject {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The line of a field, from 1, or of the nearest enclosing field that exists. */
  lineOf(path: FieldPath): number;
}

/** Why a file cannot be used. */
export interface ManifestFault {
  readonly line: number;
  /** In words, without text from the file. */
  readonly why: string;
}

/** The objects of a file, or why it cannot be used. */
export type ParsedFile = { readonly objects: readonly ManifestObject[] } | { readonly fault: ManifestFault };

/** Parses a file. One malformed document makes the whole file unusable, because the rest may be cut in the wrong place. */
export function parseManifests(bytes: Uint8Array): ParsedFile {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { fault: { line: 1, why: "the file is not UTF-8 text" } };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    ...KUBECTL_YAML,
    stringKeys: true,
  });
  const objects: ManifestObject[] = [];
  for (const document of documents) {
    const read = readDocument(document, lines);
    if ("fault" in read) return read;
    objects.push(...read.objects);
  }
  return { objects };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function readDocument(document: Document.Parsed, lines: LineCounter): ParsedFile {
  const [error] = document.errors;
  if (error !== undefined) return fault(lines, error.pos[0], yamlFault(error.code));
  const start = document.contents?.range[0] ?? document.range[0];
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    // An alias without an anchor, or more than 100 expansions, the limit of the library.
    return fault(lines, start, "an alias has no anchor before it, or the aliases expand too much");
  }
  if (value === null || value === undefined) return { objects: [] };
  if (!isRecord(value)) return fault(lines, start, "a document is not a Kubernetes object");
  const lineOf = (path: FieldPath): number => lineOfPath(document, lines, path);
  if (value["kind"] !== "List" && value["kind"] !== "SecretList")
    return { objects: [{ fields: value, lineOf }] };
  return listItems(value["items"], lineOf);
}

function listItems(items: unknown, lineOf: (path: FieldPath) => number): ParsedFile {
  if (items === null || items === undefined) return { objects: [] };
  if (!Array.isArray(items))
    return { fault: { line: lineOf(["items"]), why: "the items of a List are not a list" } };
  const objects: ManifestObject[] = [];
  for (const [index, fields] of (items as readonly unknown[]).entries()) {
    const at: FieldPath = ["items", index];
    if (!isRecord(fields))
      return { fault: { line: lineOf(at), why: "an item of a List is not a Kubernetes object" } };
    objects.push({ fields, lineOf: (path) => lineOf([...at, ...path]) });
  }
  return { objects };
}

/** Goes up to the nearest node that exists, so a missing field is reported at its parent. */
function lineOfPath(document: Document.Parsed, lines: LineCounter, path: FieldPath): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return lines.linePos(document.contents?.range[0] ?? document.range[0]).line;
}

function fault(lines: LineCounter, offset: number, why: string): ParsedFile {
  return { fault: { line: Math.max(1, lines.linePos(offset).line), why } };
}
