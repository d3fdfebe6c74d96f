/**
 * Parses the bytes of a `.yaml`, `.yml` or `.json` file to Kubernetes objects, in the way of kubectl: UTF-8 or UTF-16 with
 * a byte order mark, JSON objects one after another, YAML documents between lines that begin with `---`, and `List`.
 */
import { isRecord } from "../content/record.ts";
import type { UnknownRecord } from "../content/record.ts";
import { FaultAtOffset } from "../yaml/fault-at-offset.ts";
import { readJsonObject, skipSpace } from "./json-stream.ts";
import { TextLines } from "../yaml/text-lines.ts";
import type { KeyOffsets } from "../yaml/read-yaml.ts";
import { readYaml } from "../yaml/read-yaml.ts";

/** Keys and indices from the root of an object. */
export type FieldPath = readonly (string | number)[];

/** One object of a file. */
export interface ManifestObject {
  readonly fields: UnknownRecord;
  /** The line of a field, from 1, or of the nearest enclosing field that exists. In JSON, the line of the document. */
  readonly lineOf: (path: FieldPath) => number;
}

/** Why a file cannot be used. */
export interface ManifestFault {
  readonly line: number;
  /** In words, without text from the file. */
  readonly why: string;
}

/**
 * The objects of a file, or the first fault. A malformed document makes the whole file unusable, because the documents
 * around it may be cut in the wrong place.
 */
export function parseFile(bytes: Uint8Array): readonly ManifestObject[] | ManifestFault {
  const text = decodeText(bytes);
  if (text === undefined)
    return { line: 1, why: "the file is neither UTF-8 nor UTF-16 with a byte order mark" };
  const lines = new TextLines(text);
  try {
    return [...documentsOf(text)].flatMap((document) => objectsOf(document, lines));
  } catch (error) {
    if (!(error instanceof FaultAtOffset)) throw error;
    return { line: lines.at(error.offset), why: error.why };
  }
}

const ENCODINGS = [
  { mark: [0xff, 0xfe], name: "utf-16le" },
  { mark: [0xfe, 0xff], name: "utf-16be" },
] as const;

/** Invalid bytes are refused. kubectl replaces them by U+FFFD, which changes values without a message. */
function decodeText(bytes: Uint8Array): string | undefined {
  const encoding = ENCODINGS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  try {
    return new TextDecoder(encoding?.name ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A parsed document; offsets are from the start of the file. */
interface ParsedDocument {
  readonly value: unknown;
  readonly offset: number;
  readonly keyOffsets: KeyOffsets;
  /** Where the text begins that `keyOffsets` count from. */
  readonly base: number;
}

/** JSON while it is JSON; then YAML, as kubectl's YAMLOrJSONDecoder. After two JSON objects only JSON may follow. */
function* documentsOf(text: string): Generator<ParsedDocument> {
  let offset = 0;
  for (let count = 0; ; count += 1) {
    const object = readJsonObject(text, offset);
    if (object === undefined) {
      if (skipSpace(text, offset) === text.length) return;
      if (count > 1)
        throw new FaultAtOffset(skipSpace(text, offset), "a JSON object must follow, or nothing");
      break;
    }
    yield { value: object.value, offset: object.offset, keyOffsets: new Map(), base: 0 };
    offset = object.end;
  }
  yield* yamlDocuments(text, skipLineEnd(text, offset));
}

/** kubectl skips the white space behind a JSON object up to the end of its line, so that a `---` can follow. */
function skipLineEnd(text: string, offset: number): number {
  SPACE_AND_LINE_END.lastIndex = offset;
  SPACE_AND_LINE_END.test(text);
  return offset === 0 ? 0 : SPACE_AND_LINE_END.lastIndex;
}

const SPACE_AND_LINE_END = /[^\S\n]*\n?/y;

function* yamlDocuments(text: string, from: number): Generator<ParsedDocument> {
  for (const [start, end] of chunksOf(text, from)) {
    const chunk = text.slice(start, end);
    if (chunk.trim() === "") continue;
    let parsed;
    try {
      parsed = readYaml(chunk);
    } catch (error) {
      throw error instanceof FaultAtOffset ? new FaultAtOffset(start + error.offset, error.why) : error;
    }
    for (const { value, offset } of parsed.documents)
      yield { value, offset: start + offset, keyOffsets: parsed.keyOffsets, base: start };
  }
}

/** The texts between separators. kubectl separates before it parses, so also inside a block scalar. */
function* chunksOf(text: string, from: number): Generator<readonly [start: number, end: number]> {
  let start = from;
  for (let at = separatorAt(text, from - 1); at !== -1; at = separatorAt(text, start - 1)) {
    const end = text.indexOf("\n", at);
    const rest = text.slice(at + SEPARATOR.length, end === -1 ? text.length : end).trim();
    if (rest !== "" && !rest.startsWith("#"))
      throw new FaultAtOffset(at, "text follows a separator (---); begin the document on the next line");
    yield [start, at];
    if (end === -1) return;
    start = end + 1;
  }
  yield [start, text.length];
}

const SEPARATOR = "---";

/** The offset of the next line that begins with a separator; `from` is the offset of a line end, or -1. */
function separatorAt(text: string, from: number): number {
  if (from === -1 && text.startsWith(SEPARATOR)) return 0;
  const found = text.indexOf(`\n${SEPARATOR}`, Math.max(from, 0));
  return found === -1 ? -1 : found + 1;
}

/** The objects of a document: itself, or the items of a list. */
function objectsOf(document: ParsedDocument, lines: TextLines): readonly ManifestObject[] {
  const { value, offset } = document;
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) throw new FaultAtOffset(offset, "a document is not a Kubernetes object");
  const root = value;
  const lineOf = (path: FieldPath): number => lines.at(offsetOf(document, path));
  const { kind, apiVersion, items } = root;
  if (kind !== "List" && kind !== "SecretList") return [{ fields: root, lineOf }];
  if (!Array.isArray(items)) throw new FaultAtOffset(offset, "a List has no items");
  if (typeof apiVersion !== "string")
    throw new FaultAtOffset(offset, "apiVersion is missing; write apiVersion: v1");
  return (items as readonly unknown[]).map((item, index) => {
    const at: FieldPath = ["items", index];
    if (!isRecord(item) || item["kind"] === "List")
      throw new FaultAtOffset(offsetOf(document, at), "an item of a List is not a Kubernetes object");
    // kubectl gives the items of a SecretList the kind and version of their list.
    const fields =
      kind === "SecretList"
        ? { ...item, kind: item["kind"] ?? "Secret", apiVersion: item["apiVersion"] ?? apiVersion }
        : item;
    return { fields, lineOf: (path) => lineOf([...at, ...path]) };
  });
}

/** Follows the path through the objects to the last key that exists. */
function offsetOf({ value, offset, keyOffsets, base }: ParsedDocument, path: FieldPath): number {
  let at = offset;
  let current: unknown = value;
  for (const step of path) {
    const found = keyOffsets.get(current)?.get(String(step));
    if (found !== undefined) at = base + found;
    current = (current as Readonly<Record<string | number, unknown>> | null | undefined)?.[step];
    if (current === undefined) break;
  }
  return at;
}
