/** Pieces of the manifests in this folder. */

/** A Secret named `a` in YAML. */
export const HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";
/** The fields of a Secret named `a` in JSON, without brackets. */
export const JSON_HEAD = `"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}`;

/** UTF-16 with a byte order mark, as Windows editors write it. */
export function utf16(text: string, order: "little" | "big"): Uint8Array {
  const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
  return order === "little" ? bytes : bytes.swap16();
}

/** A Secret with these fields. */
export function secret(fields: string, metadata = "name: a"): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {${metadata}}\n${fields}\n`;
}

/** A plain scalar as a value of `stringData`, where anything but a string is refused. */
export function text(scalar: string): string {
  return secret(`stringData:\n  k: ${scalar}`);
}
