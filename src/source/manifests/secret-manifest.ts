/**
 * From an object in a manifest to the Secret that an API server would store: default namespace, `stringData` folded
 * into `data`, and the mistakes that the server would refuse, each with the field it lies in. The decoder, which every
 * source shares, does the rest.
 */
import { problem } from "../content/problem-reasons.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { isNamespaceName, isSecretName } from "../../core/credential/kubernetes-names.ts";
import type { FieldPath, ManifestObject } from "./parse-manifests.ts";

/** What an object of a file turned out to be. */
export type SecretManifest =
  /** Another kind, or an object of no interest. */
  | { readonly is: "other" }
  /** Nobody can say which credential it is: the file cannot be used. */
  | { readonly is: "nameless"; readonly at: FieldPath; readonly why: string }
  /** It has a name, and a mistake: the last good content stays. */
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

type Fields = Readonly<Record<string, unknown>>;

const FIELDS: ReadonlySet<string> = new Set([
  "apiVersion",
  "kind",
  "metadata",
  "type",
  "immutable",
  "data",
  "stringData",
]);

/** Reads one object; `defaultNamespace` is where it belongs without a `metadata.namespace`. */
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
    return { is: "nameless", at: ["metadata", "name"], why: "metadata.name is missing or no DNS subdomain" };
  if (typeof namespace !== "string" || !isNamespaceName(namespace))
    return { is: "nameless", at: ["metadata", "namespace"], why: "metadata.namespace is no DNS label" };
  const identified = { ...fields, metadata: { ...(metadata as Fields), name, namespace } };
  return foldStringData(identified);
}

/** `stringData` wins over `data`, as in the API server. */
function foldStringData({ stringData, ...secret }: Secret): SecretManifest {
  const unknown = Object.keys(secret).find((field) => !FIELDS.has(field));
  // The field is not named in the message: below a wrong indentation it may be anything.
  if (unknown !== undefined)
    return faulty(secret, [unknown], "a field stands here that a Secret does not have");
  const data = secret["data"] ?? {};
  if (!isRecord(data)) return faulty(secret, ["data"], "data is no mapping of keys to base64 text");
  const texts = stringData ?? {};
  if (!isRecord(texts)) return faulty(secret, ["stringData"], "stringData is no mapping of keys to text");
  const folded: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== "string")
      return faulty(secret, ["data", key], "a value of data is no text; quote it");
    // Go's decoder, and so the API server, skips line breaks inside base64.
    folded[key] = value.replace(/[\r\n]/g, "");
  }
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value !== "string")
      return faulty(secret, ["stringData", key], "a value of stringData is no text; quote it");
    folded[key] = Buffer.from(value, "utf8").toString("base64");
  }
  return { is: "secret", secret: { ...secret, data: folded } };
}

function faulty(secret: Secret, at: FieldPath, why: string): SecretManifest {
  return { is: "faulty", at, secret, problem: problem("UNDECODABLE", why) };
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
