/**
 * The generated parts of docs/api.md: the limits of a request, and the reference (the service, its messages and enums) from the
 * comments of the proto file.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import {
  NAMES_LIMIT,
  SELECTOR_LIMITS,
  TYPE_LIMIT_BYTES,
  TYPES_LIMIT,
  withCommas,
} from "../../src/core/errors/request-limits.ts";
import { betweenMarkers } from "./between-markers.ts";
import { code, table } from "./markdown.ts";

const PROTO = join(import.meta.dirname, "..", "..", "proto", "podkey", "v1", "credential_service.proto");

/** What a request may contain, in the order of the table. */
const LIMITS: readonly (readonly [what: string, limit: string, reason: string])[] = [
  ["`names`, `keys`, SDS `resource_names`", `${withCommas(NAMES_LIMIT)} entries`, "BAD_NAME"],
  ["`types`", `${withCommas(TYPES_LIMIT)} entries of ${withCommas(TYPE_LIMIT_BYTES)} bytes`, "BAD_SELECTOR"],
  [
    "`label_selector`",
    `${String(SELECTOR_LIMITS.textBytes / 1024)} KiB of text, ${withCommas(SELECTOR_LIMITS.requirements)} requirements, ` +
      `${withCommas(SELECTOR_LIMITS.values)} values`,
    "BAD_SELECTOR",
  ],
  ["the message of a request", "1 MiB", "REQUEST_TOO_LARGE"],
];

/** The page with the current limits and reference; the rest is written by hand. */
export function apiPage(now: string): string {
  const { root } = protobuf.parse(readFileSync(PROTO, "utf8"), {
    keepCase: true,
    alternateCommentMode: true,
  });
  const members = namespaceOf(root.lookup("podkey.v1")).nestedArray;
  const rows = LIMITS.map(([what, limit, reason]) => [what, limit, code(reason)]);
  const withLimits = betweenMarkers(now, "limits", table(["What", "Limit", "Error beyond it"], rows));
  return betweenMarkers(withLimits, "api", members.map(sectionOf).join(""));
}

function namespaceOf(object: protobuf.ReflectionObject | null): protobuf.Namespace {
  if (object instanceof protobuf.Namespace) return object;
  throw new Error("The proto file has no package podkey.v1.");
}

function sectionOf(object: protobuf.ReflectionObject): string {
  if (object instanceof protobuf.Service) return serviceSection(object);
  if (object instanceof protobuf.Enum) return enumSection(object, object.name);
  return object instanceof protobuf.Type ? messageSection(object) : "";
}

function serviceSection(service: protobuf.Service): string {
  const methods = service.methodsArray.map((method) => {
    const answer = `${method.responseStream === true ? "stream " : ""}${method.responseType}`;
    return `### ${method.name}\n\n\`rpc ${method.name}(${method.requestType}) returns (${answer})\`\n\n${comment(method)}`;
  });
  return `## ${service.name}\n\n${comment(service)}${methods.join("")}`;
}

function messageSection(type: protobuf.Type): string {
  const rows = type.fieldsArray.map((field) => [
    code(field.name),
    String(field.id),
    code(typeOf(field)),
    oneLine(field),
  ]);
  const fields = rows.length === 0 ? "" : table(["Field", "Number", "Type", "Meaning"], rows);
  const nested = type.nestedArray.map((inner) =>
    inner instanceof protobuf.Enum ? enumSection(inner, `${type.name}.${inner.name}`) : sectionOf(inner),
  );
  return `## ${type.name}\n\n${comment(type)}${fields}${nested.join("")}`;
}

function enumSection(of: protobuf.Enum, title: string): string {
  const rows = Object.entries(of.values).map(([name, number]) => [
    code(name),
    String(number),
    (of.comments[name] ?? "").replaceAll("\n", " "),
  ]);
  return `## ${title}\n\n${comment(of)}${table(["Value", "Number", "Meaning"], rows)}`;
}

function typeOf(field: protobuf.Field): string {
  if (field instanceof protobuf.MapField) return `map<${field.keyType}, ${field.type}>`;
  const oneof =
    field.partOf !== null && !field.partOf.isProto3Optional ? ` (oneof ${field.partOf.name})` : "";
  return `${field.repeated ? "repeated " : ""}${field.type}${oneof}`;
}

function comment(object: protobuf.ReflectionObject): string {
  return `${object.comment ?? ""}\n\n`;
}

function oneLine(object: protobuf.ReflectionObject): string {
  return (object.comment ?? "").replaceAll("\n", " ");
}
