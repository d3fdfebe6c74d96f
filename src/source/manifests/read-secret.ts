/**
 * Turns an object of a manifest into the Secret that an API server would store: null fields have their defaults, and
 * `stringData` is merged into `data`. Reports what the API server would refuse, each with its line. decode-secret.ts
 * checks the keys and the base64.
 */
import {
  isLabelValue,
  isNamespaceName,
  isQualifiedName,
  isSecretName,
} from "../../core/credential/kubernetes-names.ts";
import { parseRfc3339 } from "../../core/time/rfc3339.ts";
import type { UnknownRecord } from "../content/record.ts";
import { isRecord } from "../content/record.ts";
import type { FieldPath, ManifestFault, ManifestObject } from "./parse-file.ts";

/** A Secret of a file, with its lines. Consists of plain values, so that a worker thread can send it. */
export interface SecretManifest {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The line of `metadata.name`. */
  readonly line: number;
  /** Also of a Secret with a mistake, so that a selector can match it. */
  readonly labels: Strings;
  readonly content: SecretContent | ManifestFault;
}

type Strings = Readonly<Record<string, string>>;

/** The fields that decode-secret.ts reads. */
export interface SecretContent {
  readonly type: string;
  readonly immutable: boolean;
  readonly annotations: Strings;
  readonly creationTimestamp: string;
  /** Key to base64. */
  readonly data: Strings;
  /** Key to its line. */
  readonly lines: ReadonlyMap<string, number>;
}

const FIELDS = new Set(["apiVersion", "kind", "metadata", "type", "immutable", "data", "stringData"]);
const METADATA_FIELDS = new Set(
  ["name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation"].concat(
    ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations"],
    ["ownerReferences", "finalizers", "managedFields"],
  ),
);
/** Limit of the API server for the annotations of one object together. */
const MAX_ANNOTATIONS_BYTES = 256 * 1024;
/** Keys of one Secret. More would hold up the event loop; Secrets in use have fewer than 100. */
const MAX_KEYS = 5_000;

/** A mistake of one Secret. */
class Mistake extends Error {
  readonly at: FieldPath;

  constructor(at: FieldPath, why: string) {
    super(why);
    this.at = at;
  }
}

/** How many characters of values the rest of a file may have. Aliases can repeat a large value. */
export interface ValueBudget {
  characters: number;
}

/**
 * Reads one object. `defaultNamespace` is used without a `metadata.namespace`.
 * @returns undefined for another kind; a fault for a Secret without a valid name, which makes the whole file unusable.
 */
export function readSecret(
  object: ManifestObject,
  defaultNamespace: string,
  budget: ValueBudget,
): SecretManifest | ManifestFault | undefined {
  const { fields, lineOf } = object;
  const metadata = isRecord(fields["metadata"]) ? fields["metadata"] : {};
  try {
    if (!isSecret(fields)) return undefined;
    const identity = {
      name: nameOf(metadata),
      namespace: namespaceOf(metadata, defaultNamespace),
      line: lineOf(["metadata", "name"]),
    };
    return { ...identity, ...bodyOf(object, metadata, budget) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { line: lineOf(error.at), why: error.message };
  }
}

function isSecret({ kind, apiVersion, data, stringData }: UnknownRecord): boolean {
  if (kind === undefined && (data !== undefined || stringData !== undefined))
    throw new Mistake([], "kind is missing; write kind: Secret");
  if (typeof kind !== "string" || kind.toLowerCase() !== "secret") return false;
  if (kind !== "Secret") throw new Mistake(["kind"], "kind is misspelled; write kind: Secret");
  if (apiVersion === undefined) throw new Mistake([], "apiVersion is missing; write apiVersion: v1");
  return apiVersion === "v1";
}

function nameOf({ name }: UnknownRecord): string {
  if (typeof name === "string" && isSecretName(name)) return name;
  throw new Mistake(["metadata", "name"], "metadata.name is missing or not a valid DNS subdomain");
}

function namespaceOf({ namespace }: UnknownRecord, defaultNamespace: string): string {
  if (namespace === undefined || namespace === null || namespace === "") return defaultNamespace;
  if (typeof namespace === "string" && isNamespaceName(namespace)) return namespace;
  throw new Mistake(["metadata", "namespace"], "metadata.namespace is not a valid DNS label");
}

/** Everything but the name; a mistake here affects only this Secret. */
function bodyOf(
  { fields, lineOf }: ManifestObject,
  metadata: UnknownRecord,
  budget: ValueBudget,
): Pick<SecretManifest, "uid" | "labels" | "content"> {
  const uid = typeof metadata["uid"] === "string" ? metadata["uid"] : "";
  const labels = validLabels(metadata["labels"]);
  try {
    refuseUnknownFields(fields, metadata);
    return { uid, labels, content: contentOf(fields, metadata, lineOf, budget) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { uid, labels, content: { line: lineOf(error.at), why: error.message } };
  }
}

/** The message does not name the field: with a wrong indentation it may be a value. */
function refuseUnknownFields(fields: UnknownRecord, metadata: UnknownRecord): void {
  const why = "a Secret does not have this field; check its spelling and indentation";
  for (const field of Object.keys(fields)) if (!FIELDS.has(field)) throw new Mistake([field], why);
  for (const field of Object.keys(metadata))
    if (!METADATA_FIELDS.has(field)) throw new Mistake(["metadata", field], why);
}

function contentOf(
  fields: UnknownRecord,
  metadata: UnknownRecord,
  lineOf: ManifestObject["lineOf"],
  budget: ValueBudget,
): SecretContent {
  const immutable = fields["immutable"] ?? false;
  textOf(metadata["uid"], ["metadata", "uid"]);
  checkLabels(metadata["labels"]);
  if (typeof immutable !== "boolean") throw new Mistake(["immutable"], "immutable is not true or false");
  return {
    type: textOf(fields["type"], ["type"]),
    immutable,
    annotations: annotationsOf(metadata["annotations"]),
    creationTimestamp: timeOf(metadata["creationTimestamp"]),
    ...dataOf(fields, lineOf, budget),
  };
}

/** `stringData` overrides `data`, as in the API server. */
function dataOf(
  fields: UnknownRecord,
  lineOf: ManifestObject["lineOf"],
  budget: ValueBudget,
): Pick<SecretContent, "data" | "lines"> {
  const data = new Map<string, string>();
  const lines = new Map<string, number>();
  for (const field of ["data", "stringData"]) {
    const texts = Object.entries(stringsOf(fields[field], [field]));
    if (data.size + texts.length > MAX_KEYS)
      throw new Mistake([field], `the Secret has more than ${String(MAX_KEYS)} keys; split it`);
    for (const [key, value] of texts) {
      budget.characters -= value.length;
      if (budget.characters < 0) throw new Mistake([field, key], "aliases repeat values beyond 4 MiB");
      // Go's base64 decoder, and so the API server, skips line breaks.
      data.set(
        key,
        field === "data" ? value.replaceAll(/[\r\n]/g, "") : Buffer.from(value).toString("base64"),
      );
      lines.set(key, lineOf([field, key]));
    }
  }
  return { data: Object.fromEntries(data), lines };
}

/** The labels that a selector can match, also in a Secret with a mistake. */
function validLabels(value: unknown): Strings {
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(
    entries.flatMap(([name, text]): [string, string][] =>
      text === null || typeof text === "string" ? [[name, text ?? ""]] : [],
    ),
  );
}

function checkLabels(value: unknown): void {
  for (const [name, text] of Object.entries(stringsOf(value, ["metadata", "labels"])))
    if (!isQualifiedName(name) || !isLabelValue(text))
      throw new Mistake(
        ["metadata", "labels", name],
        "a label is not valid; use at most 63 letters, digits, -, _ and .",
      );
}

function annotationsOf(value: unknown): Strings {
  const annotations = stringsOf(value, ["metadata", "annotations"]);
  let sizeBytes = 0;
  for (const [name, text] of Object.entries(annotations)) {
    sizeBytes += Buffer.byteLength(name) + Buffer.byteLength(text);
    if (!isQualifiedName(name.toLowerCase()))
      throw new Mistake(
        ["metadata", "annotations", name],
        "the name of an annotation is not valid; write prefix/name",
      );
  }
  if (sizeBytes > MAX_ANNOTATIONS_BYTES)
    throw new Mistake(["metadata", "annotations"], "the annotations are larger than 256 KiB");
  return annotations;
}

/** A map of strings. Null is empty, both for the map and for a value. */
function stringsOf(value: unknown, at: FieldPath): Strings {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new Mistake(at, `${at.join(".")} is not a mapping of names to strings`);
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (text !== null && typeof text !== "string")
      throw new Mistake([...at, key], `a value of ${at.join(".")} is not a string; quote it`);
    return [key, text ?? ""];
  });
  return Object.fromEntries(entries);
}

function textOf(value: unknown, at: FieldPath): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new Mistake(at, `${at.join(".")} is not a string; quote it`);
  return value;
}

function timeOf(value: unknown): string {
  const text = textOf(value, ["metadata", "creationTimestamp"]);
  if (text !== "" && parseRfc3339(text) === undefined)
    throw new Mistake(
      ["metadata", "creationTimestamp"],
      "metadata.creationTimestamp is not an RFC 3339 time",
    );
  return text;
}
