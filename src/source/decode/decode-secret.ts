/**
 * Turns a Secret as JSON into the credential that podkey serves. Every source of JSON uses this: values are decoded once,
 * by strict base64; managedFields and annotations outside the allow-list are dropped. An error in one object affects
 * only that object, and its message names keys, never values.
 */
import type { Credential, StringMap } from "../../core/credential/credential.ts";
import { isDataKey } from "../../core/credential/kubernetes-names.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { parseRfc3339 } from "../../core/time/rfc3339.ts";
import { SecretValue } from "../../core/credential/secret-value.ts";
import type { Undecodable } from "../../core/snapshot/sync-event.ts";
import { SyncError } from "../../sync/port/sync-error.ts";
import type { AnnotationOptions } from "../content/annotation-allow-list.ts";
import { isServedAnnotation } from "../content/annotation-allow-list.ts";
import { decodeContent } from "../content/content-encoding.ts";
import { inspectContent } from "../content/inspect-content.ts";
import { readPart } from "./read-part.ts";
import type { UnknownRecord } from "../content/record.ts";
import { asRecord } from "../content/record.ts";
import { problem } from "../content/problem-reasons.ts";
import { decodeStrictBase64 } from "./strict-base64.ts";

/** The operator's settings for decoding. */
export type DecodeOptions = AnnotationOptions;

/** Serves only podkey's own annotations. */
export const DEFAULT_DECODE_OPTIONS: DecodeOptions = { annotations: [] };

/**
 * Decodes one Secret. The caller has checked apiVersion and kind.
 * @returns the credential, or the identity and problem of an object that must not replace the last good content.
 * @throws SyncError `malformed` if namespace or name cannot be read.
 */
export function decodeSecret(object: unknown, options: DecodeOptions): Credential | Undecodable {
  const secret = asRecord(object);
  const metadata = asRecord(secret?.["metadata"]);
  const name = metadata?.["name"];
  const namespace = metadata?.["namespace"];
  if (secret === undefined || metadata === undefined || !isFilled(name) || !isFilled(namespace)) {
    throw new SyncError(
      "malformed",
      "The source sent an object without metadata.namespace and metadata.name.",
    );
  }
  const identity = {
    namespace,
    name,
    uid: text(metadata["uid"]),
    resourceVersion: text(metadata["resourceVersion"]),
  };
  const body = readBody(secret, metadata);
  const found = "reason" in body ? body : inspectBody(body, name, options);
  if ("reason" in found) return { ...identity, problem: { ...found, contentOutdated: true } };
  return { ...identity, ...found };
}

/** Everything but the identity, or why the last good content must stay. */
function inspectBody(
  { annotations, data, ...rest }: Body,
  name: string,
  options: DecodeOptions,
): Omit<Credential, "namespace" | "name" | "uid" | "resourceVersion"> | Problem {
  const served = servedAnnotations(annotations, options);
  const part = readPart(annotations);
  if (part !== undefined && "reason" in part) return part;
  // The content of a part is checked after joining: half a certificate cannot be read.
  if (part !== undefined)
    return { ...rest, data, annotations: served, expiry: undefined, problems: [], part };
  const decoded = decodeContent(data, annotations);
  if ("reason" in decoded) return decoded;
  const content = { name, type: rest.type, data: decoded, annotations, options };
  const inspected = inspectContent({ ...content, isUnpacked: decoded !== data });
  return { ...rest, data: decoded, annotations: served, ...inspected };
}

/** The fields of a Secret, with all annotations. */
type Body = Pick<Credential, "type" | "data" | "labels" | "annotations" | "immutable" | "createTimeMs">;

function readBody(secret: UnknownRecord, metadata: UnknownRecord): Body | Problem {
  const { type = "Opaque", immutable = false } = secret;
  const labels = readStrings(metadata["labels"]);
  const annotations = readStrings(metadata["annotations"]);
  const data = readData(secret["data"]);
  if (typeof type !== "string") return undecodable("type");
  if (typeof immutable !== "boolean") return undecodable("immutable");
  if (labels === undefined) return undecodable("metadata.labels");
  if (annotations === undefined) return undecodable("metadata.annotations");
  if ("reason" in data) return data;
  return {
    type: type === "" ? "Opaque" : type,
    data,
    labels,
    annotations,
    immutable,
    createTimeMs: parseRfc3339(text(metadata["creationTimestamp"])),
  };
}

/** `data` absent or null is an empty Secret. Keys are sorted here once; all later code relies on it. */
function readData(data: unknown): ReadonlyMap<string, SecretValue> | Problem {
  const record = data === undefined || data === null ? {} : asRecord(data);
  if (record === undefined) return undecodable("data");
  const decoded = new Map<string, SecretValue>();
  for (const [index, key] of Object.keys(record).sort().entries()) {
    // The message does not quote the key: it may be a value written on the wrong side of the colon.
    if (!isDataKey(key)) return badKey(index);
    const value = record[key];
    const bytes = typeof value === "string" ? decodeStrictBase64(value) : undefined;
    if (bytes === undefined) {
      return problem("BAD_BASE64", `The value of key ${key} is not padded standard base64.`, { key });
    }
    decoded.set(key, new SecretValue(bytes));
  }
  return decoded;
}

function badKey(index: number): Problem {
  const message = `Key number ${String(index + 1)} of data (in sorted order) is not valid; use letters, digits, "-", "_" and ".".`;
  return problem("BAD_KEY", message);
}

function undecodable(field: string): Problem {
  return problem(
    "UNDECODABLE",
    `Field ${field} is malformed; check the Secret with kubectl apply --dry-run=server.`,
  );
}

/** A map of strings with sorted keys; undefined for anything else. fromEntries keeps `__proto__` as an ordinary key. */
function readStrings(value: unknown): StringMap | undefined {
  if (value === undefined || value === null) return {};
  const record = asRecord(value);
  if (record === undefined) return undefined;
  const entries = Object.entries(record);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === "string")) return undefined;
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function servedAnnotations(annotations: StringMap, options: DecodeOptions): StringMap {
  return Object.fromEntries(
    Object.entries(annotations).filter(([name]) => isServedAnnotation(name, options)),
  );
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
