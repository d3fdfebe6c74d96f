/**
 * Turns the Secrets of one manifest file into selected, decoded credentials. manifest-folder.ts keeps them and the last
 * good content.
 */
import type { Selector } from "../../core/select/selector.ts";
import { selectorMatches } from "../../core/select/compiled-selector.ts";
import { isUndecodable } from "../../core/snapshot/sync-event.ts";
import { problem } from "../content/problem-reasons.ts";
import type { DecodeOptions } from "../decode/decode-secret.ts";
import { decodeSecret } from "../decode/decode-secret.ts";
import type { FolderItem } from "../folder/version-book.ts";
import type { SecretManifest } from "./read-secret.ts";

/** Which Secrets of a folder are served, and how they are decoded. */
export interface ManifestSelection {
  /** Namespaces to serve; empty: all. The first, else `default`, is used for a manifest without a namespace. */
  readonly namespaces: readonly string[];
  /** Undefined: every Secret. */
  readonly selector: Selector | undefined;
  readonly decode: DecodeOptions;
}

/** A credential of a file and its line, or the line of its mistake. */
export interface ManifestItem {
  readonly item: FolderItem;
  readonly line: number;
}

/** The credential of a Secret in the file `path`; undefined if it is not selected. */
export function toManifestItem(
  secret: SecretManifest,
  path: string,
  { namespaces, selector, decode }: ManifestSelection,
): ManifestItem | undefined {
  if (namespaces.length > 0 && !namespaces.includes(secret.namespace)) return undefined;
  if (selector !== undefined && !selectorMatches(selector, secret.labels)) return undefined;
  const { namespace, name, uid, labels, content, line } = secret;
  if ("why" in content) {
    const why = problem("UNDECODABLE", `${path}:${String(content.line)}: ${content.why}`, {
      contentOutdated: true,
    });
    return { item: { namespace, name, uid, resourceVersion: "", problem: why }, line: content.line };
  }
  const { annotations, creationTimestamp, type, immutable, data, lines } = content;
  // A resourceVersion in a manifest comes from some cluster. The folder assigns its own.
  const metadata = { namespace, name, uid, labels, annotations, creationTimestamp };
  const item = decodeSecret({ metadata, type, immutable, data }, decode);
  if (!isUndecodable(item)) return { item, line };
  const at = lines.get(item.problem.key) ?? line;
  const message = `${path}:${String(at)}: ${item.problem.message}`;
  return { item: { ...item, problem: { ...item.problem, message } }, line: at };
}
