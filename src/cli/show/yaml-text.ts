/**
 * YAML texts of documents. A file of its own, loaded only for `-o yaml`, because the library is larger than all client
 * commands together.
 */
import { Document as YamlDocument, visit } from "yaml";
import { escapeLines, escapeText } from "../output/escape-text.ts";
import type { Document } from "./credential-document.ts";

/** YAML without line folding, so that base64 stays on one line. Ends with a line break. */
export function yamlText(document: Document): string {
  const yaml = new YamlDocument(document, { keepUndefined: false });
  // Only a double-quoted scalar may have escapes, and the library writes some of these characters as they are.
  visit(yaml, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && escapeText(scalar.value) !== scalar.value)
        scalar.type = "QUOTE_DOUBLE";
    },
  });
  return escapeLines(yaml.toString({ lineWidth: 0 }));
}
