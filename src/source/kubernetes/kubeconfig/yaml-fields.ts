/**
 * Reads fields of parsed YAML with their types. Null counts as absent, as in Go. A field of another type is an error
 * with file and line, as in kubectl, and never quotes the value. Used by kubeconfig-file.ts.
 */
import type { Document } from "yaml";
import { LineCounter, isNode, parseAllDocuments } from "yaml";
import { KUBECTL_YAML } from "../../content/kubectl-yaml.ts";
import { isRecord } from "../../content/record.ts";
import { yamlFault } from "../../content/yaml-faults.ts";
import { TargetError } from "../failure/target-error.ts";

/** One mapping of the file. */
export interface YamlFields {
  /** @throws TargetError for every wrong type, here and below. */
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** Base64 as Go reads it, decoded to text. */
  base64(name: string): string | undefined;
  texts(name: string): readonly string[];
  mapping(name: string): YamlFields | undefined;
  mappings(name: string): readonly YamlFields[];
  /** The value of any type. */
  raw(name: string): unknown;
  names(): readonly string[];
  /** An error at this field. @param why follows the name of the field: "must be a string". */
  fault(name: string, why: string): TargetError;
}

type Path = readonly (string | number)[];

/** Parses the first document. An empty one has no fields. @param path of the file, for messages. */
export function parseYamlFields(text: string, path: string): YamlFields {
  const lines = new LineCounter();
  // Go uses the last of several equal keys.
  const options = { ...KUBECTL_YAML, lineCounter: lines, uniqueKeys: false };
  const parsed = parseAllDocuments(text, options);
  const document = Array.isArray(parsed) ? parsed[0] : undefined;
  if (document === undefined) return createFields({}, [], () => new TargetError(""));
  const [error] = document.errors;
  const faultAt = (offset: number, why: string): TargetError =>
    new TargetError(
      `The kubeconfig ${path} is not valid: line ${String(Math.max(1, lines.linePos(offset).line))}: ${why}.`,
    );
  if (error !== undefined) throw faultAt(error.pos[0], yamlFault(error.code));
  const content = toValue(document) ?? {};
  const fault = (at: Path, why: string): TargetError => faultAt(offsetOf(document, at), why);
  if (!isRecord(content)) throw fault([], "the file must be a mapping");
  return createFields(content, [], fault);
}

function toValue(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch {
    // An alias without an anchor, or more than 100 expansions, the limit of the library.
    return "";
  }
}

function offsetOf(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

function createFields(
  fields: Readonly<Record<string, unknown>>,
  at: Path,
  faultAt: (at: Path, why: string) => TargetError,
): YamlFields {
  const raw = (name: string): unknown =>
    Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined;
  const fault = (path: Path, why: string): TargetError => faultAt(path, `\`${labelOf(path)}\` ${why}`);
  const textAt = (value: unknown, path: Path): string => {
    if (typeof value !== "string") throw fault(path, "must be a string");
    return value;
  };
  const recordAt = (value: unknown, path: Path): YamlFields => {
    if (!isRecord(value)) throw fault(path, "must be a mapping");
    return createFields(value, path, faultAt);
  };
  const listAt = (name: string): readonly unknown[] => {
    const value = raw(name) ?? [];
    if (!Array.isArray(value)) throw fault([...at, name], "must be a list");
    return value;
  };
  const text = (name: string): string | undefined => {
    const value = raw(name);
    return value === undefined || value === "" ? undefined : textAt(value, [...at, name]);
  };
  return {
    text,
    flag(name) {
      const value = raw(name) ?? false;
      if (typeof value !== "boolean") throw fault([...at, name], "must be true or false");
      return value;
    },
    base64(name) {
      const encoded = text(name)?.replaceAll(/[\r\n]/g, "");
      if (encoded === undefined) return undefined;
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded))
        throw fault([...at, name], "must be base64");
      return Buffer.from(encoded, "base64").toString("utf8");
    },
    texts: (name) => listAt(name).map((value, index) => textAt(value ?? "", [...at, name, index])),
    mapping(name) {
      const value = raw(name);
      return value === undefined ? undefined : recordAt(value, [...at, name]);
    },
    mappings: (name) => listAt(name).map((value, index) => recordAt(value ?? {}, [...at, name, index])),
    raw,
    names: () => Object.keys(fields),
    fault: (name, why) => fault([...at, name], why),
  };
}

/** `users[0].user.token`. */
function labelOf(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${String(part)}]` : `${index === 0 ? "" : "."}${part}`,
    )
    .join("");
}
