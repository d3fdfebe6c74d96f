/** Reads one manifest text as the source does, in one step. */
import type { ManifestItem, ManifestSelection } from "../../../src/source/manifests/manifest-file.ts";
import { toManifestItem } from "../../../src/source/manifests/manifest-file.ts";
import type { ManifestFault } from "../../../src/source/manifests/parse-file.ts";
import { readFile } from "../../../src/source/manifests/read-file.ts";

/** The credentials of a file, or why it cannot be used. */
export type ReadManifest = { readonly items: readonly ManifestItem[] } | { readonly fault: ManifestFault };

const ALL: ManifestSelection = { namespaces: [], selector: undefined, decode: { annotations: ["*"] } };

/** Reads the content as that of a file in a folder. */
export function readManifest(
  content: string | Uint8Array,
  selection: Partial<ManifestSelection> = {},
): ReadManifest {
  const all = { ...ALL, ...selection };
  const read = readFile(
    typeof content === "string" ? Buffer.from(content) : content,
    all.namespaces[0] ?? "default",
  );
  if ("why" in read) return { fault: read };
  return { items: read.flatMap((secret) => toManifestItem(secret, "dir/x.yaml", all) ?? []) };
}
