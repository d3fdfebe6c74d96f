/**
 * Reads the configuration file: YAML or JSON, with line numbers in errors. Returns a layer of texts, like flags and
 * environment, and the consumers, which only the file can define. Loaded only with a file, because yaml and zod are large.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node, Pair } from "yaml";
import type { z } from "zod";
import type { Parsed } from "../value/codec.ts";
import { accepted, refused } from "../value/codec.ts";
import { consumerOf } from "../schema/consumers.ts";
import type { ConsumerProblem } from "../schema/consumers.ts";
import { CONSUMER_FIELDS, consumersSchema } from "../schema/consumers-schema.ts";
import { didYouMean } from "../value/did-you-mean.ts";
import type { Layer, Setting } from "./layer.ts";
import type { ConfigProblem } from "./problem-report.ts";
import type { OptionKey } from "../schema/schema.ts";
import { OPTION_KEYS } from "../schema/schema.ts";
import type { ConsumerConfig } from "../schema/sidecar-config.ts";

/** `apiVersion` of the file. */
export const API_VERSION = "config.podkey.dev/v1";
/** `kind` of the file. */
export const KIND = "SidecarConfiguration";

/** A parsed file. */
export interface FileContent {
  readonly layer: Layer;
  /** Undefined: the file has no `consumers`. Empty: none of them is valid. */
  readonly consumers: readonly ConsumerConfig[] | undefined;
  readonly problems: readonly ConfigProblem[];
  /** The place of a field, for later checks: `podkey.yaml:12: consumers[0].name`. */
  readonly where: (path: ConsumerProblem["path"]) => string;
}

const FILE_KEYS: readonly string[] = [
  "apiVersion",
  "kind",
  "consumers",
  ...OPTION_KEYS.filter((key) => key !== "config"),
];

/**
 * Parses a file.
 * @param name the path as the user wrote it, for errors.
 */
export function readFileContent(text: string, name: string): FileContent {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, uniqueKeys: true });
  const where = (path: ConsumerProblem["path"]): string => {
    const line = lineOf(document, lines, path);
    return `${name}${line === undefined ? "" : `:${String(line)}`}${path.length === 0 ? "" : `: ${pathText(path)}`}`;
  };
  const empty = { layer: { origin: "file", settings: new Map() }, consumers: undefined, where } as const;
  const broken = document.errors.map((error) => ({
    where: `${name}:${String(lines.linePos(error.pos[0]).line)}`,
    problem: `is not valid YAML: ${firstLine(error.message)}`,
  }));
  if (broken.length > 0) return { ...empty, problems: broken };
  if (!isMap(document.contents)) {
    return {
      ...empty,
      problems: [
        {
          where: where([]),
          problem: `is not a ${KIND}; start the file with apiVersion: ${API_VERSION} and kind: ${KIND}`,
        },
      ],
    };
  }
  const problems = headProblems(document, where);
  const settings = new Map<OptionKey, Setting>();
  for (const pair of document.contents.items) readField(pair, { settings, problems, where });
  const consumers = readConsumers(document, where, problems);
  return { layer: { origin: "file", settings }, consumers, problems, where };
}

/** Checks `apiVersion` and `kind`. */
function headProblems(document: Document, where: FileContent["where"]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [field, wanted] of [["apiVersion", API_VERSION] as const, ["kind", KIND] as const]) {
    const found: unknown = document.get(field);
    if (found === wanted) continue;
    const seen = typeof found === "string" ? `is "${found}"${didYouMean(found, [wanted])}` : "is missing";
    problems.push({
      where: where(found === undefined ? [] : [field]),
      problem: `${field} ${seen}; this version reads ${wanted}`,
    });
  }
  return problems;
}

interface FieldSink {
  readonly settings: Map<OptionKey, Setting>;
  readonly problems: ConfigProblem[];
  readonly where: FileContent["where"];
}

function readField(pair: Pair, { settings, problems, where }: FieldSink): void {
  const key = isScalar(pair.key) ? String(pair.key.value) : "";
  if (["apiVersion", "kind", "consumers"].includes(key)) return;
  const option = OPTION_KEYS.find((candidate) => candidate === key);
  if (option === undefined || option === "config") {
    problems.push({ where: where([key]), problem: `is not a field of ${KIND}${didYouMean(key, FILE_KEYS)}` });
    return;
  }
  const texts = textsOf(pair.value);
  if (texts === undefined)
    problems.push({ where: where([key]), problem: "must be one value or a list of values" });
  else settings.set(option, { texts, where: where([key]) });
}

/** The texts as written: `0660` stays octal and `1.10` keeps its zero. Undefined if they are not scalars. */
function textsOf(node: unknown): readonly string[] | undefined {
  if (isSeq(node)) {
    const all = node.items.map(textsOf);
    return all.every((texts) => texts?.length === 1) ? all.flatMap((texts) => texts ?? []) : undefined;
  }
  if (!isScalar(node) || node.value === null) return undefined;
  return [typeof node.value === "string" ? node.value : (node.source ?? JSON.stringify(node.value))];
}

function readConsumers(
  document: Document,
  where: FileContent["where"],
  problems: ConfigProblem[],
): readonly ConsumerConfig[] | undefined {
  if (!document.has("consumers")) return undefined;
  keepModesAsWritten(document);
  const plain = plainConsumers(document);
  if (!plain.ok) {
    problems.push({ where: where(["consumers"]), problem: `is not valid YAML: ${plain.problem}` });
    return [];
  }
  const result = consumersSchema.safeParse(plain.value);
  if (result.success) return result.data.map(consumerOf);
  const unknownAt = new Set(result.error.issues.filter(isUnknownField).map((issue) => issue.path.join()));
  for (const issue of result.error.issues) {
    // An object that has only unknown fields also violates the rule against empty objects.
    if (issue.code === "custom" && unknownAt.has(issue.path.join())) continue;
    const path = ["consumers", ...issue.path.filter((part) => typeof part !== "symbol")];
    if (!isUnknownField(issue)) {
      problems.push({ where: where(path), problem: issueText(issue) });
      continue;
    }
    for (const key of issue.keys) {
      const problem = `is not a field of this object${didYouMean(key, fieldsAt(path))}`;
      problems.push({ where: where([...path, key]), problem });
    }
  }
  return [];
}

/** Resolves aliases, which fails for an unresolved alias or too many of them. */
function plainConsumers(document: Document): Parsed<unknown> {
  try {
    return accepted((document.toJS() as { readonly consumers?: unknown }).consumers);
  } catch (error) {
    if (error instanceof Error) return refused(firstLine(error.message));
    throw error;
  }
}

function isUnknownField(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === "unrecognized_keys";
}

/** YAML 1.2 parses an unquoted 0660 as the decimal number 660. Keep the text instead. */
function keepModesAsWritten(document: Document): void {
  const consumers = document.get("consumers");
  if (!isSeq(consumers)) return;
  for (const consumer of consumers.items) {
    if (!isMap(consumer)) continue;
    const mode: unknown = consumer.get("socketMode", true);
    if (isScalar(mode) && typeof mode.value === "number") mode.value = mode.source ?? String(mode.value);
  }
}

function issueText(issue: {
  readonly code: string;
  readonly message: string;
  readonly input?: unknown;
}): string {
  if (issue.code === "invalid_type")
    return `is missing or has the wrong type (${issue.message.replace(/^Invalid input: /, "")})`;
  return issue.message.replace(/^Invalid input: /, "");
}

function fieldsAt(path: readonly (string | number)[]): readonly string[] {
  const owner = path.findLast((part) => typeof part === "string");
  if (owner === "allow" || owner === "peer") return CONSUMER_FIELDS[owner];
  return CONSUMER_FIELDS.consumers;
}

function lineOf(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return undefined;
}

function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  let node: Node | null | undefined = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) return undefined;
      offset = (pair.key as Node).range?.[0];
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof part === "number") {
      node = node.items[part] as Node | undefined;
      offset = node?.range?.[0];
    } else return undefined;
  }
  return offset;
}

/** `consumers[0].allow[1].keys`. */
function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${String(part)}]` : `${index === 0 ? "" : "."}${part}`,
    )
    .join("");
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] ?? text).replace(/ at line \d+, column \d+:?$/, "");
}
