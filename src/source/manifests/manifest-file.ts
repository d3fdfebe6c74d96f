/**
 * Turns one manifest file into its selected credentials, or the reason why it cannot be used. Pure; manifest-folder.ts
 * keeps the results and the last good content.
 */
import type { Problem } from "../../core/credential/problem.ts";
import type { Selector } from "../../core/select/selector.ts";
import { selectorMatches } from "../../core/select/compiled-selector.ts";
import { isUndecodable } from "../../core/snapshot/sync-event.ts";
import type { DecodeOptions } from "../decode/decode-secret.ts";
import { decodeSecret } from "../decode/decode-secret.ts";
import type { FolderItem } from "../folder/version-book.ts";
import type { ManifestFault, ManifestObject } from "./parse-manifests.ts";
import { parseManifests } from "./parse-manifests.ts";
import type { Secret } from "./secret-manifest.ts";
import { readSecretManifest } from "./secret-manifest.ts";

/** Which Secrets of a folder are served, and how they are decoded. */
export interface ManifestSelection {
  /** Namespaces to serve; empty: all. The first, else `default`, is used for a manifest without a namespace. */
  readonly namespaces: readonly string[];
  /** Undefined: every Secret. */
  readonly selector: Selector | undefined;
  readonly decode: DecodeOptions;
}

/** A credential of a file and its line. */
export interface ManifestItem {
  readonly item: FolderItem;
  readonly line: number;
}

/** The credentials of a file, or why it cannot be used. */
export type ManifestFile = { readonly items: readonly ManifestItem[] } | { readonly fault: ManifestFault };

/** Reads the bytes of a file; `path` is used in problems only. */
export function readManifestFile(
  path: string,
  bytes: Uint8Array,
  selection: ManifestSelection,
): ManifestFile {
  const parsed = parseManifests(bytes);
  if ("fault" in parsed) return parsed;
  const items: ManifestItem[] = [];
  for (const object of parsed.objects) {
    const manifest = readSecretManifest(object, selection.namespaces[0] ?? "default");
    if (manifest.is === "other") continue;
    if (manifest.is === "nameless") return { fault: { line: object.lineOf(manifest.at), why: manifest.why } };
    if (!isSelected(manifest.secret, selection)) continue;
    if (manifest.is === "faulty") {
      const line = object.lineOf(manifest.at);
      items.push({ item: undecodable(manifest.secret, located(manifest.problem, path, line)), line });
    } else {
      items.push(decoded(object, manifest.secret, path, selection));
    }
  }
  return { items };
}

function decoded(
  object: ManifestObject,
  secret: Secret,
  path: string,
  selection: ManifestSelection,
): ManifestItem {
  // A resourceVersion in a manifest comes from some cluster. The folder assigns its own.
  const { resourceVersion: _, ...metadata } = secret.metadata as Readonly<Record<string, unknown>>;
  const item = decodeSecret({ ...secret, metadata }, selection.decode);
  const own = object.lineOf(["metadata", "name"]);
  if (!isUndecodable(item)) return { item, line: own };
  const line = item.problem.key === "" ? own : object.lineOf(["data", item.problem.key]);
  return { item: { ...item, problem: located(item.problem, path, line) }, line };
}

function undecodable(secret: Secret, problem: Problem): FolderItem {
  const { namespace, name, uid } = secret.metadata;
  return {
    namespace,
    name,
    uid: typeof uid === "string" ? uid : "",
    resourceVersion: "",
    problem: { ...problem, contentOutdated: true },
  };
}

function located(problem: Problem, path: string, line: number): Problem {
  return { ...problem, message: `${path}:${String(line)}: ${problem.message}` };
}

/** A selector does not match labels that an API server would refuse. */
function isSelected({ metadata }: Secret, { namespaces, selector }: ManifestSelection): boolean {
  if (namespaces.length > 0 && !namespaces.includes(metadata.namespace)) return false;
  if (selector === undefined) return true;
  const labels = metadata["labels"];
  const entries = Object.entries(typeof labels === "object" && labels !== null ? labels : {});
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return selectorMatches(selector, Object.fromEntries(texts));
}
