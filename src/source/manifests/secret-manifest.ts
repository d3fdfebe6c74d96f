/**
 * Turns an object of a manifest into the Secret that an API server would store: default namespace, and `stringData` merged
 * into `data`. Reports the mistakes that the server would refuse, each with its field. The shared decoder does the rest.
 */
import type { UnknownRecord } from "../content/record.ts";
import { isRecord } from "../content/record.ts";
import { problem } from "../content/problem-reasons.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { isNamespaceName, isSecretName } from "../../core/credential/kubernetes-names.ts";
import type { FieldPath, ManifestObject } from "./parse-manifests.ts";

/** The kind of an object. */
export type SecretManifest =
  /** Another kind. */
  | { readonly is: "other" }
  /** A Secret without a valid name: the file cannot be used. */
  | { readonly is: "nameless"; readonly at: FieldPath; readonly why: string }
  /** A Secret with a name and a mistake: the last good content stays. */
  | { readonly is: "faulty"; readonly at: FieldPath; readonly secret: Secret; readonly problem: Problem }
  | { readonly is: "secret"; readonly secret: Secret };

/** A Secret as JSON, complete enough to be decoded. */
export interface Secret {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly namespace: string;
    readonly name: string;
  };
  readonly [field: string]: unknown;
}

const FIELDS: ReadonlySet<string> = new Set([
  "apiVersion",
  "kind",
  "metadata",
  "type",
  "immutable",
  "data",
  "stringData",
]);

/** Reads one object; `defaultNamespace` is used without a `metadata.namespace`. */
export function readSecretManifest({ fields }: ManifestObject, defaultNamespace: string): SecretManifest {
  const { kind, apiVersion, metadata } = fields;
  if (kind === undefined && (fields["data"] !== undefined || fields["stringData"] !== undefined))
    return { is: "nameless", at: [], why: "kind is missing; write kind: Secret" };
  if (kind !== "Secret") return { is: "other" };
  if (apiVersion === undefined)
    return { is: "nameless", at: [], why: "apiVersion is missing; write apiVersion: v1" };
  if (apiVersion !== "v1") return { is: "other" };
  const { name, namespace = defaultNamespace } = isRecord(metadata) ? metadata : {};
  if (typeof name !== "string" || !isSecretName(name))
    return {
      is: "nameless",
      at: ["metadata", "name"],
      why: "metadata.name is missing or not a valid DNS subdomain",
    };
  if (typeof namespace !== "string" || !isNamespaceName(namespace))
    return {
      is: "nameless",
      at: ["metadata", "namespace"],
      why: "metadata.namespace is not a valid DNS label",
    };
  const identified = { ...fields, metadata: { ...(metadata as UnknownRecord), name, namespace } };
  return mergeStringData(identified);
}

/** `stringData` overrides `data`, as in the API server. */
function mergeStringData({ stringData, ...secret }: Secret): SecretManifest {
  const unknown = Object.keys(secret).find((field) => !FIELDS.has(field));
  // The message does not name the field: with a wrong indentation it may be a value.
  if (unknown !== undefined)
    return faulty(
      secret,
      [unknown],
      "this field is not a field of a Secret; check its spelling and indentation",
    );
  const data = secret["data"] ?? {};
  if (!isRecord(data)) return faulty(secret, ["data"], "data is not a mapping of keys to base64 text");
  const texts = stringData ?? {};
  if (!isRecord(texts)) return faulty(secret, ["stringData"], "stringData is not a mapping of keys to text");
  const merged: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== "string")
      return faulty(secret, ["data", key], "a value of data is not a string; quote it");
    // Go's base64 decoder, and so the API server, skips line breaks.
    merged[key] = value.replace(/[\r\n]/g, "");
  }
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value !== "string")
      return faulty(secret, ["stringData", key], "a value of stringData is not a string; quote it");
    merged[key] = Buffer.from(value, "utf8").toString("base64");
  }
  return { is: "secret", secret: { ...secret, data: merged } };
}

function faulty(secret: Secret, at: FieldPath, why: string): SecretManifest {
  return { is: "faulty", at, secret, problem: problem("UNDECODABLE", why) };
}
